package dev.klingroutes.prompt;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** .jsonl: one object a line; blank lines do not count. */
final class JsonLines implements Format {
    @Override
    public Drafts read(String fileName, String text, Faults faults) {
        List<Draft> drafts = new ArrayList<>();
        int number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            number++;
            if (!line.isBlank()) {
                drafts.add(draft(line, "line " + number));
            }
        }
        return new Drafts(true, false, drafts);
    }

    private static Draft draft(String line, String where) {
        try {
            return Draft.of(where, StrictJson.parse(line));
        } catch (NotJson e) {
            return Draft.broken(where + ", column " + e.column(), e.getMessage());
        }
    }
}
