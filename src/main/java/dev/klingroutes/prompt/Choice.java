package dev.klingroutes.prompt;

import java.util.List;
import java.util.stream.Collectors;

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
        String wanted =
                words.stream().map(Shown::value).collect(Collectors.joining(", ", "the text ", ""));
        complaint.misfit(field, value, wanted.replaceFirst(", ([^,]*)$", " or $1"));
        return null;
    }
}
