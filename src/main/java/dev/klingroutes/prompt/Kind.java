package dev.klingroutes.prompt;

/** What is to be made of a prompt. */
record Kind() implements Shape {
    static final String TEXT_TO_VIDEO = "text2video";

    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (TEXT_TO_VIDEO.equals(value)) {
            return value;
        }
        complaint.about(
                field,
                "`kind` is "
                        + Shown.value(value)
                        + "; only `"
                        + TEXT_TO_VIDEO
                        + "` is supported for now");
        return null;
    }
}
