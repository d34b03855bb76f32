package dev.klingroutes.prompt;

/**
 * Finds the first quote of a table that is never closed, or closed in the middle of a cell. The
 * parser would take all that follows an open one for one cell, and so for one prompt.
 */
final class Quotes {
    private Quotes() {}

    /** Whether all quotes are in their place; if not, that has been said. */
    static boolean hold(String text, char delimiter, Faults faults) {
        boolean quoted = false;
        boolean closed = false;
        boolean cellStarts = true;
        int line = 1;
        int lineStart = 0;
        String opened = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends = c == delimiter || c == '\n' || c == '\r';
            if (closed && !ends && c != '"') {
                faults.add(
                        place(line, i - lineStart),
                        "not valid CSV: there is more after the closing quote;"
                                + " a quote inside quotes is written twice");
                return false;
            }
            if (c == '"' && (quoted || closed || cellStarts)) {
                // a second quote right after a closing one is a quote inside the cell
                opened = quoted || closed ? opened : place(line, i - lineStart);
                closed = quoted;
                quoted = !quoted;
            } else if (!quoted) {
                closed = false;
            }
            cellStarts = !quoted && ends;
            if (c == '\n' || c == '\r' && !text.startsWith("\n", i + 1)) {
                line++;
                lineStart = i + 1;
            }
        }
        if (quoted) {
            faults.add(opened, "not valid CSV: a quote opens here and is never closed");
        }
        return !quoted;
    }

    private static String place(int line, int index) {
        return "line " + line + ", column " + (index + 1);
    }
}
