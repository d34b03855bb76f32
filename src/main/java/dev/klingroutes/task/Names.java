package dev.klingroutes.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

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
        Set<String> had = insert(ids, stems);
        List<String> reserved = new ArrayList<>(stems.size());
        for (int i = 0; i < stems.size(); i++) {
            String id = ids.get(i);
            reserved.add(had.contains(id) ? stems.get(i) : own(id, stems.get(i)));
        }
        return reserved;
    }

    /** The tasks that got their stem. */
    private Set<String> insert(List<String> ids, List<String> stems) {
        List<List<?>> free = new ArrayList<>(stems.size());
        for (int i = 0; i < stems.size(); i++) {
            if (!taken.test(stems.get(i))) {
                free.add(List.of(Stem.folded(folder + "/" + stems.get(i)), ids.get(i)));
            }
        }
        // "where true", or SQLite takes "on" for the condition of a join
        return handle.createQuery(
                        "insert into kling_name (name, task)"
                                + " select value ->> 0, value ->> 1 from <rows> where true"
                                + " on conflict (name) do nothing returning task")
                .bind("rows", Rows.json(free))
                .mapTo(String.class)
                .set();
    }

    private String own(String id, String stem) {
        String own = Stem.own(stem, id);
        if (!insert(List.of(id), List.of(own)).isEmpty()) {
            return own;
        }
        // short enough for every suffix, and nobody else's
        insert(List.of(id), List.of(id));
        return id;
    }
}
