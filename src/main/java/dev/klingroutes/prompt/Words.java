package dev.klingroutes.prompt;

/**
 * Free text.
 *
 * @param most how many characters, counted as code points
 * @param mayBeBlank whether white space alone will do
 */
record Words(int most, boolean mayBeBlank) implements Shape {
    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (!(value instanceof String text)) {
            complaint.misfit(field, value, "text");
            return null;
        }
        if (text.isBlank() && !mayBeBlank) {
            complaint.about(field, "`" + field + "` is blank");
            return null;
        }
        int length = text.codePointCount(0, text.length());
        if (length > most) {
            complaint.about(
                    field, "`" + field + "` has " + length + " characters; the limit is " + most);
            return null;
        }
        int control = Controls.firstIn(text);
        if (control >= 0) {
            complaint.about(
                    field,
                    "`"
                            + field
                            + "` holds the control character "
                            + Controls.name(text.charAt(control)));
            return null;
        }
        return text;
    }
}
