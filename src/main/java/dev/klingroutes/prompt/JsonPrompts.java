package dev.klingroutes.prompt;

/** .json: one object, or a list of objects. */
final class JsonPrompts implements Format {
    @Override
    public Drafts read(String fileName, String text, Faults faults) {
        try {
            return Drafts.of(StrictJson.parse(text), fileName, faults);
        } catch (NotJson e) {
            faults.add("line " + e.line() + ", column " + e.column(), e.getMessage());
            return Drafts.NONE;
        }
    }
}
