package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The value of a field and who gave it.
 *
 * @param by the setting or the file that a default comes from; null for the prompt itself
 * @param setting whether it comes from a setting, which is for all models
 */
record Given(Object value, String by, boolean setting) {
    /** Values of the prompt itself, or of a file if one is named. */
    static Map<String, Given> all(Map<String, ?> values, String file) {
        Map<String, Given> given = new LinkedHashMap<>();
        values.forEach((field, value) -> given.put(field, new Given(value, file, false)));
        return given;
    }
}
