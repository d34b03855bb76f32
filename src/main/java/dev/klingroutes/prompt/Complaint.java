package dev.klingroutes.prompt;

import java.util.Collection;

/** Takes note of what is wrong with one field. */
@FunctionalInterface
interface Complaint {
    void about(String field, String problem);

    /** What most complaints say: what the field holds and what it should be. */
    default void misfit(String field, Object value, String wanted) {
        about(field, "`" + field + "` is " + Shown.value(value) + "; it should be " + wanted);
    }

    /** A word that is none of those that are known. */
    default void misfit(String field, Object value, String wanted, Collection<String> known) {
        String near =
                Nearest.to(String.valueOf(value), known)
                        .map(word -> "; did you mean \"" + word + "\"?")
                        .orElse("");
        misfit(field, value, wanted + near);
    }

    default void unknown(String field, String name, Collection<String> known) {
        String unknown = "unknown field `" + Shown.word(field) + "`";
        about(
                field,
                Nearest.to(name, known)
                        .map(near -> unknown + "; did you mean `" + near + "`?")
                        .orElse(unknown));
    }

    default void notJson(String field, String text, NotJson reason) {
        about(
                field,
                "`"
                        + field
                        + "` is "
                        + Shown.value(text)
                        + "; "
                        + reason.getMessage()
                        + " (column "
                        + reason.column()
                        + " of the cell)");
    }
}
