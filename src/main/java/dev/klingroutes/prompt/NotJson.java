package dev.klingroutes.prompt;

/** A text that is not one JSON value. Lines and columns count from 1. */
final class NotJson extends Exception {
    private final int line;
    private final int column;

    NotJson(String reason, int line, int column) {
        super(reason);
        this.line = line;
        this.column = column;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }
}
