package dev.klingroutes.prompt;

import java.util.List;

/** One of a few words, spelt exactly so. */
record Choice(List<String> words) implements Shape {
    static Choice of(String... words) {
        return new Choice(List.of(words));
    }

    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (value instanceof String text && words.contains(text)) {
            return text;
        }
        complaint.misfit(field, value, "the text " + Shown.anyOf(words), words);
        return null;
    }
}
