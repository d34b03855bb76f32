package dev.klingroutes.prompt;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The name a prompt gives its files. */
record OwnName() implements Shape {
    private static final int MOST = 200;

    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        if (!(value instanceof String text)) {
            complaint.misfit(field, value, "text");
            return null;
        }
        String name = text.strip();
        String reason = reasonAgainst(name);
        if (name.codePointCount(0, name.length()) > MOST) {
            reason = "it has more than " + MOST + " characters";
        }
        if (reason != null) {
            complaint.about(
                    field,
                    "`" + field + "` " + Shown.value(text) + " cannot name a file: " + reason);
            return null;
        }
        return name;
    }

    /** Why files cannot bear this name, or null if they can. */
    static String reasonAgainst(String name) {
        if (name.isBlank()) {
            return "it is blank";
        }
        if (name.startsWith(".")) {
            return "it begins with a dot";
        }
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
            return "it holds / or \\";
        }
        boolean controls = name.chars().anyMatch(Character::isISOControl);
        if (controls || Controls.firstIn(name) >= 0) {
            return "it holds a control character";
        }
        try {
            Path.of(name);
            return null;
        } catch (InvalidPathException e) {
            return "this system's files cannot be called so (its locale may know no such letters)";
        }
    }
}
