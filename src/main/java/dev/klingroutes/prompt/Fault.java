package dev.klingroutes.prompt;

/**
 * One thing that is wrong with a dropped file.
 *
 * @param where the place in words a person can follow: "line 3, column 5", "row 3 (line 4)",
 *     "prompt 2 of 5", or the file itself
 * @param field the field it is about, or null if it is about the whole place
 * @param problem a sentence that stands alone: it names the field, what was found and what it
 *     should be
 */
public record Fault(String where, String field, String problem) {
    @Override
    public String toString() {
        return where + ": " + problem;
    }
}
