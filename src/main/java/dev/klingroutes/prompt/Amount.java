package dev.klingroutes.prompt;

/** A number within limits, both included. */
record Amount(int least, int most, boolean whole) implements Shape {
    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (value instanceof Number number) {
            double amount = number.doubleValue();
            if (amount >= least && amount <= most && (!whole || amount == Math.rint(amount))) {
                return whole ? (Object) (int) amount : number;
            }
        }
        complaint.misfit(
                field,
                value,
                (whole ? "a whole number from " : "a number from ") + least + " to " + most);
        return null;
    }

    @Override
    public Object fitText(String field, String text, Complaint complaint) {
        try {
            return fit(field, StrictJson.parse(text) instanceof Number n ? n : text, complaint);
        } catch (NotJson e) {
            return fit(field, text, complaint);
        }
    }
}
