package dev.klingroutes.prompt;

/** A text that is not one plain YAML document. */
final class NotYaml extends Exception {
    private final String where;

    NotYaml(String where, String reason) {
        super(reason);
        this.where = where;
    }

    /** "line 3, column 5", or null if the parser could not tell. */
    String where() {
        return where;
    }
}
