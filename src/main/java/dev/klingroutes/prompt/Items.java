package dev.klingroutes.prompt;

import java.util.ArrayList;
import java.util.List;

/** A list of things of one shape. */
record Items(int most, Shape item) implements Shape {
    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > most) {
            String found = value instanceof List<?> list ? "a list of " + list.size() : null;
            String wanted = "a list of 1 to " + most;
            if (found == null) {
                complaint.misfit(field, value, wanted);
            } else {
                complaint.about(field, "`" + field + "` is " + found + "; it should be " + wanted);
            }
            return null;
        }
        List<Object> fitted = new ArrayList<>(list.size());
        for (Object element : list) {
            fitted.add(item.fit(field + "[" + fitted.size() + "]", element, complaint));
        }
        return fitted.contains(null) ? null : fitted;
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
