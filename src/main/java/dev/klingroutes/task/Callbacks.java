package dev.klingroutes.task;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** What the ledger knows of callbacks: which token is whose, and what was heard by it. */
public final class Callbacks {
    /**
     * Whose a token is.
     *
     * @param task null for a try of our own
     * @param state of the task, null for a try of our own
     */
    public record Owner(String task, TaskState state) {
        /** Whether a look can bring the task forward. */
        public boolean waits() {
            return state != null && WAITING.contains(state);
        }
    }

    /** What is known of the callbacks of one task. */
    public enum Sound {
        /** No address was sent for it. */
        NOT_ASKED,
        SILENT,
        HEARD
    }

    private static final Set<TaskState> WAITING =
            EnumSet.of(
                    TaskState.SUBMITTING,
                    TaskState.UNCERTAIN,
                    TaskState.SUBMITTED,
                    TaskState.OVERDUE);
    private static final int MOST_HEARSAY = 5;
    private static final Duration TRY_HOLDS = Duration.ofMinutes(1);

    private final Ledger ledger;

    public Callbacks(Ledger ledger) {
        this.ledger = ledger;
    }

    static void remember(Ledger ledger, Handle handle, CallbackToken token, Task task) {
        ledger.update(
                        handle,
                        "insert into kling_callback (hash, task, external_id, made_at)"
                                + " values (:hash, :task, :externalId, <now>)")
                .bind("hash", token.hash())
                .bind("task", task == null ? null : task.id())
                .bind("externalId", task == null ? null : task.externalId())
                .execute();
    }

    /** Whose this token is; empty: nobody's. One read by the keys of two tables. */
    public Optional<Owner> owner(CallbackToken token) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        """
                                        select c.task, t.state from kling_callback c
                                            left join kling_task t on t.id = c.task
                                        where c.hash = :hash
                                        """)
                                .bind("hash", token.hash())
                                .map((row, context) -> owner(row.getString(1), row.getString(2)))
                                .findOne());
    }

    private static Owner owner(String task, String state) {
        return new Owner(task, state == null ? null : TaskState.valueOf(state));
    }

    /**
     * A callback came for this task: its next look is due now. The bell is not rung: many callbacks
     * between two ticks of the clock are one look.
     *
     * @param said what the callback calls it, null if it does not say; kept apart from the task's
     *     own id until a look confirms it, and only while that is unknown; a token of an earlier
     *     purchase says nothing about the present one
     */
    public void heard(String task, CallbackToken token, String said) {
        ledger.transaction(
                handle -> {
                    told(handle, task, token, said);
                    return ledger.hint(handle, task);
                });
    }

    /** The same, but no look is due for it yet. */
    public void told(String task, CallbackToken token, String said) {
        ledger.transaction(
                handle -> {
                    told(handle, task, token, said);
                    return null;
                });
    }

    /** A look that was put off is due now. */
    public void look(String task) {
        ledger.transaction(handle -> ledger.hint(handle, task));
    }

    private void told(Handle handle, String task, CallbackToken token, String said) {
        ledger.update(
                        handle,
                        "update kling_callback set heard_at = <now>"
                                + " where hash = :hash and heard_at is null")
                .bind("hash", token.hash())
                .execute();
        if (said != null) {
            keep(handle, task, token, said);
        }
    }

    private void keep(Handle handle, String task, CallbackToken token, String said) {
        ledger.update(
                        handle,
                        """
                        insert into kling_hearsay (external_id, task_id, heard_at)
                            select t.external_id, :said, <now> from kling_task t
                                join kling_callback c
                                    on c.task = t.id and c.external_id = t.external_id
                            where t.id = :task and c.hash = :hash and t.task_id is null
                                and t.state in ('SUBMITTING', 'UNCERTAIN')
                                and (select count(*) from kling_hearsay h
                                    where h.external_id = t.external_id) < :most
                        on conflict (external_id, task_id) do nothing
                        """)
                .bind("task", task)
                .bind("hash", token.hash())
                .bind("said", said)
                .bind("most", MOST_HEARSAY)
                .execute();
    }

    /** A person says what the provider calls this task: as little believed as a callback. */
    void said(Handle handle, Task task, String taskId) {
        ledger.update(
                        handle,
                        """
                        insert into kling_hearsay (external_id, task_id, heard_at)
                            values (:externalId, :said, <now>)
                        on conflict (external_id, task_id) do update set looks = 0
                        """)
                .bind("externalId", task.externalId())
                .bind("said", taskId)
                .execute();
    }

    /**
     * What a callback called this task and is not refuted: the first that was heard of those that
     * were looked at least. One whose look was not answered takes turns with the look-up by our own
     * id.
     */
    public Optional<String> hearsay(Task task) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        """
                                        select task_id from kling_hearsay
                                        where external_id = :externalId
                                            and (looks = 0 or :failures % 2 = 0)
                                        order by looks, heard_at, task_id limit 1
                                        """)
                                .bind("externalId", task.externalId())
                                .bind("failures", task.failures())
                                .mapTo(String.class)
                                .findOne());
    }

    /**
     * Whether another task is known by this id, or an earlier purchase, also one of this very task:
     * then it is not this one's.
     */
    public boolean anothers(Task task, String taskId) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                                """
                                                select (select count(*) from kling_task
                                                        where task_id = :taskId and id <> :task)
                                                    + (select count(*) from kling_earlier
                                                        where task_id = :taskId)
                                                """)
                                        .bind("taskId", taskId)
                                        .bind("task", task.id())
                                        .mapTo(int.class)
                                        .one()
                                > 0);
    }

    /** A look showed that it is another's, or nobody's. */
    public void refuted(Task task, String said) {
        ledger.transaction(
                handle ->
                        ledger.update(
                                        handle,
                                        "delete from kling_hearsay"
                                                + " where external_id = :externalId and task_id = :said")
                                .bind("externalId", task.externalId())
                                .bind("said", said)
                                .execute());
    }

    /** A look at it was not answered, which says nothing about it: others are tried before it. */
    public void unanswered(Task task, String said) {
        ledger.transaction(
                handle ->
                        ledger.update(
                                        handle,
                                        """
                                        update kling_hearsay set looks = looks + 1
                                        where external_id = :externalId and task_id = :said
                                        """)
                                .bind("externalId", task.externalId())
                                .bind("said", said)
                                .execute());
    }

    /** Whether callbacks came for this task. */
    public Sound sound(Task task) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        "select count(*) as sent, count(heard_at) as heard"
                                                + " from kling_callback where task = :task")
                                .bind("task", task.id())
                                .map(
                                        (row, context) ->
                                                row.getInt("sent") == 0
                                                        ? Sound.NOT_ASKED
                                                        : row.getInt("heard") == 0
                                                                ? Sound.SILENT
                                                                : Sound.HEARD)
                                .one());
    }

    /**
     * Makes a token that is no task's, for a try whether callbacks arrive: every node on this
     * ledger knows it, and it is forgotten after it was used.
     */
    public CallbackToken trial() {
        CallbackToken token = CallbackToken.fresh();
        ledger.transaction(
                handle -> {
                    ledger.update(
                                    handle,
                                    "delete from kling_callback"
                                            + " where task is null and made_at < <now> - :holds")
                            .bind("holds", TRY_HOLDS.toMillis())
                            .execute();
                    remember(ledger, handle, token, null);
                    return null;
                });
        return token;
    }

    /** The try is over. */
    public void over(CallbackToken trial) {
        ledger.transaction(
                handle ->
                        ledger.update(
                                        handle,
                                        "delete from kling_callback"
                                                + " where hash = :hash and task is null")
                                .bind("hash", trial.hash())
                                .execute());
    }
}
