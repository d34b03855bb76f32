package dev.klingroutes.prompt;

import java.util.Locale;

/** True or false. */
record Truth() implements Shape {
    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (value instanceof Boolean) {
            return value;
        }
        complaint.misfit(field, value, "true or false");
        return null;
    }

    @Override
    public Object fitText(String field, String text, Complaint complaint) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> fit(field, text, complaint);
        };
    }
}
