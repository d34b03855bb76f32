package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object whose parts have shapes of their own.
 *
 * @param passUnknown whether parts without a shape are let through
 */
record Parts(Map<String, Shape> parts, boolean passUnknown) implements Shape {
    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (!(value instanceof Map<?, ?> map)) {
            complaint.misfit(field, value, "an object");
            return null;
        }
        Map<String, Object> fitted = new LinkedHashMap<>();
        boolean fits = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String part = (String) entry.getKey();
            if (entry.getValue() == null) {
                continue;
            }
            Object sent = entry.getValue();
            if (parts.containsKey(part)) {
                sent = parts.get(part).fit(field + "." + part, entry.getValue(), complaint);
            } else if (!passUnknown) {
                complaint.unknown(field + "." + part, part, parts.keySet());
                sent = null;
            }
            fits = fits && sent != null;
            fitted.put(part, sent);
        }
        return fits ? fitted : null;
    }

    @Override
    public Object fitText(String field, String text, Complaint complaint) {
        try {
            return fit(field, StrictJson.parse(text), complaint);
        } catch (NotJson e) {
            complaint.notJson(field, text, e);
            return null;
        }
    }
}
