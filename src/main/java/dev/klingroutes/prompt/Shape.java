package dev.klingroutes.prompt;

/** What a field may hold. */
interface Shape {
    /**
     * What is sent for a value of JSON or YAML.
     *
     * @return null if it does not fit, which has then been said
     */
    Object fit(String field, Object value, Complaint complaint);

    /** What is sent for the text of a table's cell or of a setting; never blank. */
    default Object fitText(String field, String text, Complaint complaint) {
        return fit(field, text, complaint);
    }
}
