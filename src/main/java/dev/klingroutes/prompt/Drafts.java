package dev.klingroutes.prompt;

import java.util.ArrayList;
import java.util.List;

/**
 * The prompts of one file as they were written down.
 *
 * @param numbered whether the file can hold many, so that its prompts are numbered
 * @param cells whether every value is text from a table's cell
 * @param list in the order of the file
 */
record Drafts(boolean numbered, boolean cells, List<Draft> list) {
    static final Drafts NONE = new Drafts(false, false, List.of());

    /** A list of prompts, or one prompt that is not in a list. */
    static Drafts of(Object value, String fileName, Faults faults) {
        if (!(value instanceof List<?> list)) {
            return new Drafts(false, false, List.of(Draft.of("prompt 1 of 1", value)));
        }
        if (list.isEmpty()) {
            faults.add(fileName, "the list is empty: there is no prompt in it");
        }
        List<Draft> drafts = new ArrayList<>(list.size());
        for (Object element : list) {
            drafts.add(Draft.of("prompt " + (drafts.size() + 1) + " of " + list.size(), element));
        }
        return new Drafts(true, false, drafts);
    }
}
