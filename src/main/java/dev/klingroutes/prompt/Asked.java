package dev.klingroutes.prompt;

import java.util.Map;
import java.util.Set;

/**
 * What a prompt and its defaults ask for together.
 *
 * @param all each field and who gave it; what is taken out of it is not sent
 * @param wrong fields that are written but hold no legal value, which has been said
 */
record Asked(Map<String, Given> all, Set<String> wrong) {
    boolean has(String field) {
        return all.containsKey(field);
    }

    Object value(String field) {
        return has(field) ? all.get(field).value() : null;
    }

    /** Whether it is neither given nor wrongly given. */
    boolean lacks(String field) {
        return !has(field) && !wrong.contains(field);
    }

    /** The text of a field; what the provider takes if there is none; null if it is wrong. */
    String text(String field, String otherwise) {
        return lacks(field) ? otherwise : (String) value(field);
    }

    /** Complaints that name where the field's value comes from, if it is a default. */
    Complaint naming(Complaint complaint) {
        return (field, problem) -> {
            Given given = all.get(field.replaceFirst("[.\\[].*", ""));
            boolean told = given == null || given.by() == null;
            complaint.about(field, told ? problem : problem + " (a default of " + given.by() + ")");
        };
    }
}
