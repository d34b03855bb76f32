package dev.klingroutes.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies what was written into what a request can hold: maps with text as keys, lists, text,
 * numbers, true, false and null. YAML can refer to itself, so the copy has a limit of depth and
 * size.
 */
final class Plain {
    private static final int DEEPEST = 100;
    private static final int MOST_VALUES = 10_000;

    private int values;

    private Plain() {}

    static Map<String, Object> copy(Map<?, ?> map) throws NotPlain {
        return new Plain().map(map, 0);
    }

    private Map<String, Object> map(Map<?, ?> map, int depth) throws NotPlain {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new NotPlain(
                        "the name of a field is "
                                + Shown.value(entry.getKey())
                                + "; it should be text");
            }
            copy.put(key, value(entry.getValue(), depth + 1));
        }
        return copy;
    }

    private Object value(Object value, int depth) throws NotPlain {
        values++;
        if (depth > DEEPEST || values > MOST_VALUES) {
            throw new NotPlain("the prompt is too large, too deep, or contains itself");
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            for (Object element : list) {
                copy.add(value(element, depth + 1));
            }
            return copy;
        }
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return value;
        }
        throw new NotPlain("a value is neither text, number, true, false, list nor object");
    }
}
