package dev.klingroutes.prompt;

/** Characters that no text has: control characters other than tab and line ends, half letters. */
final class Controls {
    private Controls() {}

    /** The index of the first one, or -1. */
    static int firstIn(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F || c == '\n' || c == '\r' || c == '\t') {
                continue;
            }
            if (Character.isISOControl(c)) {
                return i;
            }
            if (Character.isSurrogate(c)) {
                if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /** "U+0000" */
    static String name(char c) {
        return String.format("U+%04X", (int) c);
    }
}
