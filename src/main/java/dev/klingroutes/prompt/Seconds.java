package dev.klingroutes.prompt;

import java.util.regex.Pattern;

/** A length of time in whole seconds; the provider wants it as text. */
record Seconds() implements Shape {
    // a spreadsheet or a script may have made 5.0 of 5
    private static final Pattern WHOLE = Pattern.compile("([0-9]{1,4})(\\.0+)?");

    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (value instanceof String || value instanceof Number) {
            var matcher = WHOLE.matcher(String.valueOf(value));
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) > 0) {
                return String.valueOf(Integer.parseInt(matcher.group(1)));
            }
        }
        complaint.misfit(field, value, "a whole number of seconds, like 5");
        return null;
    }
}
