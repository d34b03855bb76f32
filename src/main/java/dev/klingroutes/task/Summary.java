package dev.klingroutes.task;

import java.util.Map;
import java.util.StringJoiner;

/** One line on how many tasks are where. */
public final class Summary {
    private final Ledger ledger;
    private final Gate gate;

    public Summary(Ledger ledger, Gate gate) {
        this.ledger = ledger;
        this.gate = gate;
    }

    /** Null if nothing is under way. */
    public String tell() {
        Map<TaskState, Integer> counts = ledger.count();
        StringJoiner line = new StringJoiner(", ");
        add(line, counts, "to be sent", TaskState.ACCEPTED);
        add(line, counts, "rendering", TaskState.SUBMITTING, TaskState.SUBMITTED);
        add(line, counts, "to be downloaded", TaskState.SUCCEEDED);
        add(line, counts, "overdue", TaskState.OVERDUE);
        add(line, counts, "uncertain", TaskState.UNCERTAIN);
        String shut = counts.containsKey(TaskState.ACCEPTED) ? gate.standing().shut() : null;
        if (shut == null && counts.containsKey(TaskState.ACCEPTED) && gate.pausing()) {
            shut = "the provider takes none now, one at a time tries";
        }
        return line.length() == 0 ? null : line + (shut == null ? "" : "; " + shut);
    }

    private static void add(
            StringJoiner line, Map<TaskState, Integer> counts, String words, TaskState... states) {
        int all = 0;
        for (TaskState state : states) {
            all += counts.getOrDefault(state, 0);
        }
        if (all > 0) {
            line.add(all + " " + words);
        }
    }
}
