package dev.klingroutes.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Tasks that ended and that no host had yet, oldest first. A claim on one is fenced as every claim
 * of the ledger is, by a number of its own: that a task is being handed over keeps nobody from
 * working on it. Each end is handed over once; a task that a person sets going again ends anew.
 */
public final class HandOvers {
    private static final String WAITING = "handed_at is null and ended_at is not null";
    private static final String ENDED = Ledger.in(TaskState.ENDS) + " and " + WAITING;
    private static final String DUE = "coalesce(hand_due_at, ended_at)";

    private final Ledger ledger;
    private final List<TaskState> ends;
    private final String folder;

    /**
     * A task that is in the hands of the claimer.
     *
     * @param claim the number of this claim; a later one outdates it
     * @param tries failures in a row before this one
     */
    public record HandOver(Task task, long claim, int tries) {}

    private record Candidate(String id, long due) {}

    /**
     * @param ends the states that count as an end
     * @param folder only tasks in and below it; "" for all
     */
    public HandOvers(Ledger ledger, Set<TaskState> ends, String folder) {
        this.ledger = ledger;
        this.ends = List.copyOf(ends);
        this.folder = folder;
        for (TaskState end : ends) {
            if (!end.ended()) {
                throw new IllegalArgumentException(end + " is no end");
            }
        }
    }

    /** Takes the task that has waited longest; it is the caller's until the lease runs out. */
    public Optional<HandOver> claim() {
        return ledger.transaction(
                handle -> {
                    List<Candidate> oldest = new ArrayList<>();
                    ends.forEach(end -> oldest.addAll(oldest(handle, end)));
                    return oldest.stream()
                            .min(Comparator.comparingLong(Candidate::due))
                            .map(candidate -> claimed(handle, candidate.id()));
                });
    }

    private List<Candidate> oldest(Handle handle, TaskState end) {
        if (folder.isEmpty()) {
            return oldest(handle, end, null);
        }
        return folders(handle, end).stream()
                .filter(this::isBelow)
                .flatMap(one -> oldest(handle, end, one).stream())
                .toList();
    }

    private boolean isBelow(String one) {
        return one.equals(folder) || one.startsWith(folder + "/");
    }

    /** Every folder in which something waits, found by one look into the index for each. */
    private static List<String> folders(Handle handle, TaskState end) {
        String waiting = "state = '" + end + "' and " + WAITING;
        return handle.createQuery(
                        """
                        with recursive waiting(folder) as (
                            select min(folder) from kling_task where %s
                            union all
                            select (select min(task.folder) from kling_task task
                                    where %s and task.folder > waiting.folder)
                            from waiting where waiting.folder is not null)
                        select folder from waiting where folder is not null
                        """
                                .formatted(waiting, waiting))
                .mapTo(String.class)
                .list();
    }

    private List<Candidate> oldest(Handle handle, TaskState end, String in) {
        return handle.createQuery(
                        "select id, "
                                + DUE
                                + " as due from kling_task where state = '"
                                + end
                                + "' and "
                                + WAITING
                                + (in == null ? "" : " and folder = :folder")
                                + " and "
                                + DUE
                                + " <= <now> order by "
                                + DUE
                                + " limit 1 <skipLocked>")
                .bind("now", ledger.now())
                .bind("folder", in)
                .map((row, context) -> new Candidate(row.getString("id"), row.getLong("due")))
                .list();
    }

    private HandOver claimed(Handle handle, String id) {
        HandOver claimed =
                handle.createQuery(
                                "update kling_task set hand_claim = hand_claim + 1, was_due = <now>,"
                                        + " hand_due_at = <now> + :lease where id = :id returning *")
                        .bind("now", ledger.now())
                        .bind("lease", ledger.lease().toMillis())
                        .bind("id", id)
                        .map(
                                (row, context) ->
                                        new HandOver(
                                                TaskRow.read(row, context),
                                                row.getLong("hand_claim"),
                                                row.getInt("hand_tries")))
                        .one();
        Task whole = Ledger.withVideos(handle, List.of(claimed.task())).get(0);
        return new HandOver(whole, claimed.claim(), claimed.tries());
    }

    /** Holds a claim for another lease; false: it is lost. */
    public boolean renew(HandOver claimed) {
        return write(claimed, "hand_due_at = <now> + :millis", ledger.lease());
    }

    /** The host has it; false: the claim was lost, and somebody else may hand it over again. */
    public boolean done(HandOver claimed) {
        return write(claimed, "handed_at = <now>", Duration.ZERO);
    }

    /** It was not taken: it is tried again after this wait; false: the claim was lost. */
    public boolean failed(HandOver claimed, Duration wait) {
        return write(
                claimed,
                "hand_due_at = <now> + :millis, hand_tries = hand_tries + 1,"
                        + " hand_claim = hand_claim + 1",
                wait);
    }

    /** It was not tried: it is due at once; false: the claim was lost. */
    public boolean release(HandOver claimed) {
        return write(claimed, "hand_due_at = null, hand_claim = hand_claim + 1", Duration.ZERO);
    }

    private boolean write(HandOver claimed, String set, Duration wait) {
        return ledger.transaction(
                handle ->
                        ledger.update(
                                                handle,
                                                "update kling_task set "
                                                        + set
                                                        + " where id = :id and state = :was"
                                                        + " and claim = :claim and hand_claim = :hand"
                                                        + " and handed_at is null")
                                        .bind("millis", wait.toMillis())
                                        .bind("id", claimed.task().id())
                                        .bind("was", claimed.task().state().name())
                                        .bind("claim", claimed.task().claim())
                                        .bind("hand", claimed.claim())
                                        .execute()
                                == 1);
    }

    /** Makes due what a killed process had in hand or had put off. */
    static void due(Ledger ledger, Handle handle, Duration beyond) {
        ledger.update(
                        handle,
                        "update kling_task set hand_due_at = <now> where "
                                + ENDED
                                + " and "
                                + DUE
                                + " > <now> + :beyond")
                .bind("beyond", beyond.toMillis())
                .execute();
    }

    /**
     * Finds what ended, or was claimed, at a time that has not come yet, and lets none of it wait
     * longer than if it were taken now: the host may still have it.
     *
     * @return how many there were: a clock that was put back
     */
    static int fromTheFuture(Ledger ledger, Handle handle, Duration slack) {
        return atMostALease(
                ledger,
                handle,
                "was_due = <now>",
                "> <now> + :slack and (hand_due_at is null or was_due > <now> + :slack)",
                slack);
    }

    /** The same for all that waits, where a clock is known to have been put back. */
    static void clockPutBack(Ledger ledger, Handle handle) {
        atMostALease(ledger, handle, "was_due = was_due", "> <now> + :lease", Duration.ZERO);
    }

    private static int atMostALease(
            Ledger ledger, Handle handle, String mark, String which, Duration slack) {
        return ledger.update(
                        handle,
                        "update kling_task set "
                                + mark
                                + ", hand_due_at = case when hand_due_at is null then <now>"
                                + " when hand_due_at > <now> + :lease then <now> + :lease"
                                + " else hand_due_at end where "
                                + ENDED
                                + " and "
                                + DUE
                                + " "
                                + which)
                .bind("slack", slack.toMillis())
                .bind("lease", ledger.lease().toMillis())
                .execute();
    }
}
