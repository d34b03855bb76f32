package dev.klingroutes.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Gives every task a stem that no other task of its folder has or ever had. */
final class Names {
    private final Handle handle;
    private final String folder;
    private final Predicate<String> taken;

    /**
     * @param taken whether a stem is in use in the folders, though not in the ledger
     */
    Names(Handle handle, String folder, Predicate<String> taken) {
        this.handle = handle;
        this.folder = folder;
        this.taken = taken;
    }

    /** The stems, in the order of the wishes: the wish itself, or {@code cat~1a2b3c4d}. */
    List<String> reserve(List<String> ids, List<String> wishes) {
        List<String> stems = wishes.stream().map(Stem::cut).toList();
        boolean[] had = insert(ids, stems);
        List<String> reserved = new ArrayList<>(stems.size());
        for (int i = 0; i < stems.size(); i++) {
            reserved.add(had[i] ? stems.get(i) : own(ids.get(i), stems.get(i)));
        }
        return reserved;
    }

    private boolean[] insert(List<String> ids, List<String> stems) {
        PreparedBatch names =
                handle.prepareBatch(
                        "insert into kling_name (name, task) values (:name, :task)"
                                + " on conflict (name) do nothing");
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < stems.size(); i++) {
            if (!taken.test(stems.get(i))) {
                names.bind("name", Stem.folded(folder + "/" + stems.get(i)))
                        .bind("task", ids.get(i))
                        .add();
                asked.add(i);
            }
        }
        boolean[] had = new boolean[stems.size()];
        if (!asked.isEmpty()) {
            int[] rows = names.execute();
            for (int i = 0; i < rows.length; i++) {
                had[asked.get(i)] = rows[i] == 1;
            }
        }
        return had;
    }

    private String own(String id, String stem) {
        String own = Stem.own(stem, id);
        if (insert(List.of(id), List.of(own))[0]) {
            return own;
        }
        // short enough for every suffix, and nobody else's
        insert(List.of(id), List.of(id));
        return id;
    }
}
