package dev.klingroutes.prompt;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How a value from a dropped file is shown in a sentence: short and on one line. */
final class Shown {
    private static final int MOST = 60;
    private static final int MOST_OF_A_REASON = 300;

    private Shown() {}

    static String value(Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof String text) {
            return '"' + word(text) + '"';
        }
        return word(String.valueOf(value));
    }

    /** "std", "pro" or "4k" */
    static String anyOf(List<String> words) {
        return words.stream()
                .map(Shown::value)
                .collect(Collectors.joining(", "))
                .replaceFirst(", ([^,]*)$", " or $1");
    }

    static String word(String text) {
        return shortened(text, MOST);
    }

    static String reason(String text) {
        return shortened(text, MOST_OF_A_REASON);
    }

    private static String shortened(String text, int most) {
        // cut first: the text may have millions of characters
        String head = text.substring(0, Math.min(text.length(), 3 * most));
        String line = head.replaceAll("[\\s\\p{Cntrl}]+", " ");
        if (head.length() == text.length() && line.codePointCount(0, line.length()) <= most) {
            return line;
        }
        int end = Math.min(most, line.codePointCount(0, line.length()));
        return line.substring(0, line.offsetByCodePoints(0, end)) + "…";
    }
}
