package dev.klingroutes.prompt;

import java.util.Map;

/**
 * One prompt as it was written down, not yet checked.
 *
 * @param where its place in the file, in words
 * @param fields what stands there, or null if it is no prompt at all
 * @param problem why it is none
 */
record Draft(String where, Map<String, Object> fields, String problem) {
    /** A prompt, if the value that the parser gave is one. */
    static Draft of(String where, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return broken(
                    where,
                    "a prompt is an object with a `prompt` field, not " + Shown.value(value));
        }
        try {
            return new Draft(where, Plain.copy(map), null);
        } catch (NotPlain e) {
            return broken(where, e.getMessage());
        }
    }

    static Draft broken(String where, String problem) {
        return new Draft(where, null, problem);
    }
}
