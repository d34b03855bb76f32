package dev.klingroutes.prompt;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a file; counts all, keeps the first 10,000. */
final class Faults {
    // a log file dropped as .jsonl has a fault on each of its millions of lines
    private static final int KEPT = 10_000;

    private final List<Fault> kept = new ArrayList<>();
    private long count;

    void add(String where, String field, String problem) {
        count++;
        if (kept.size() < KEPT) {
            kept.add(new Fault(where, field, problem));
        }
    }

    void add(String where, String problem) {
        add(where, null, problem);
    }

    /** Complaints about the fields of one place. */
    Complaint at(String where) {
        return (field, problem) -> add(where, field, problem);
    }

    List<Fault> kept() {
        return kept;
    }

    long count() {
        return count;
    }
}
