package dev.klingroutes.prompt;

import java.util.Map;

/** .txt and .md: the whole text is one prompt. */
final class TextPrompts implements Format {
    @Override
    public Drafts read(String fileName, String text, Faults faults) {
        return Drafts.of(Map.of("prompt", text.strip()), fileName, faults);
    }
}
