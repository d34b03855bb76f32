package dev.klingroutes.task;

import dev.klingroutes.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/** Writes the prompts of one dropped file into the ledger, all or none, and gives them names. */
public final class Acceptance {
    private static final int BATCH = 500;

    /** Rows of one file are due in their order. */
    private static final String INSERT =
            """
            insert into kling_task (id, drop_id, drop_index, source, folder, stem, kind, request,
                address, external_id, state, due_at, accepted_at)
            select value ->> 0, :drop, cast(value ->> 1 as integer), :source, :folder, value ->> 2,
                value ->> 3, value ->> 4, :address, value ->> 0, 'ACCEPTED',
                <now> - (:all - cast(value ->> 1 as integer)), <now>
            from <rows>
            """;

    /**
     * One prompt to be accepted.
     *
     * @param request the provider's body as JSON
     */
    public record Wanted(String stem, String kind, String request) {}

    /** What an accepted task is called. */
    public record Accepted(String id, String name) {}

    private final Ledger ledger;
    private final String address;

    /** The tasks stay with the present {@code kling.api.url}. */
    public Acceptance(Ledger ledger, Settings settings) {
        this.ledger = ledger;
        address = address(settings);
    }

    /** The provider's base URL as tasks keep it, without a slash at its end. */
    public static String address(Settings settings) {
        return settings.text("kling.api.url").replaceFirst("/+$", "");
    }

    /**
     * Accepts all prompts of a drop in one transaction. A drop that is in the ledger already is
     * left as it is.
     *
     * @param folder the sub-folder of the drop, "" for none
     * @param taken whether a stem is in use in the folders, though not in the ledger
     * @return in the order of the prompts; empty if the drop was in the ledger already
     */
    public List<Accepted> accept(
            String dropId,
            String source,
            String folder,
            List<Wanted> prompts,
            Predicate<String> taken) {
        List<Accepted> all = written(dropId, source, folder, prompts, taken);
        ledger.bell().ring();
        return all;
    }

    /** Our id of the first task of a drop; empty if the drop is not in the ledger. */
    public Optional<String> first(String dropId) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        "select id from kling_task"
                                                + " where drop_id = :drop and drop_index = 0")
                                .bind("drop", dropId)
                                .mapTo(String.class)
                                .findOne());
    }

    private List<Accepted> written(
            String dropId,
            String source,
            String folder,
            List<Wanted> prompts,
            Predicate<String> taken) {
        return ledger.transaction(
                handle -> {
                    if (!begun(handle, dropId, source)) {
                        return List.of();
                    }
                    List<Accepted> accepted = new ArrayList<>(prompts.size());
                    Names names = new Names(handle, folder, taken);
                    for (int from = 0; from < prompts.size(); from += BATCH) {
                        List<Wanted> batch =
                                prompts.subList(from, Math.min(from + BATCH, prompts.size()));
                        List<String> ids =
                                batch.stream().map(any -> UUID.randomUUID().toString()).toList();
                        List<String> stems =
                                names.reserve(ids, batch.stream().map(Wanted::stem).toList());
                        List<List<?>> rows = new ArrayList<>(batch.size());
                        for (int i = 0; i < batch.size(); i++) {
                            Wanted wanted = batch.get(i);
                            String id = ids.get(i);
                            String stem = stems.get(i);
                            rows.add(
                                    Arrays.asList(
                                            id, from + i, stem, wanted.kind(), wanted.request()));
                            String name = folder.isEmpty() ? stem : folder + "/" + stem;
                            accepted.add(new Accepted(id, name));
                        }
                        ledger.update(handle, INSERT)
                                .bind("rows", Rows.json(rows))
                                .bind("all", prompts.size())
                                .bind("drop", dropId)
                                .bind("source", source)
                                .bind("folder", folder)
                                .bind("address", address)
                                .execute();
                    }
                    return accepted;
                });
    }

    /** The first to write a drop down has it; another one waits here for its end. */
    private boolean begun(Handle handle, String dropId, String source) {
        return ledger.update(
                                handle,
                                "insert into kling_drop (id, source, accepted_at)"
                                        + " values (:drop, :source, <now>) on conflict (id) do nothing")
                        .bind("drop", dropId)
                        .bind("source", source)
                        .execute()
                == 1;
    }
}
