package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * The gate before money is spent: how many tasks may be at the provider, whether the account is
 * open, and what the budgets leave. All nodes pass it one at a time, under the lock of one row.
 */
public final class Gate {
    /** What the gate can say to a task that wants to be sent. */
    public enum Kind {
        /** SUBMITTING is written: send it now, once. */
        GO,
        /** As many tasks are at the provider as it takes. */
        FULL,
        /** The account is closed for now. */
        CLOSED,
        /** Somebody else has the task. */
        LOST,
        /** What may be spent today, or this month, is spent. */
        SPENT,
        /** No budget will ever let it pass. */
        NEVER
    }

    /**
     * What the gate says.
     *
     * @param why for people, where a budget is against it
     * @param later how long it makes no sense to ask again
     */
    public record Answer(Kind kind, String why, Duration later) {
        public static final Answer GO = new Answer(Kind.GO);
        public static final Answer FULL = new Answer(Kind.FULL);
        public static final Answer CLOSED = new Answer(Kind.CLOSED);
        public static final Answer LOST = new Answer(Kind.LOST);

        private Answer(Kind kind) {
            this(kind, null, Duration.ofSeconds(1));
        }
    }

    private record Row(Double limitNow, String closedCode, Long probeAt, long now, int inFlight) {
        double limit(int set) {
            return limitNow == null ? set : Math.min(limitNow, set);
        }

        /** A probe that is farther away than any was ever set comes from a clock that jumped. */
        boolean shut(Duration probe) {
            return closedCode != null && now < probeAt && probeAt - now <= probe.toMillis();
        }
    }

    private final Ledger ledger;
    private final Budget budget;
    private final int inFlight;
    private final Duration patience;
    private final Duration probe;

    /**
     * Reads {@code kling.submit.in-flight}, {@code kling.submit.probe}, {@code kling.budget.*}, and
     * {@code kling.watch.patience}, for which a task is counted at most.
     */
    public Gate(Ledger ledger, Settings settings) {
        this.ledger = ledger;
        budget = new Budget(settings);
        inFlight = settings.count("kling.submit.in-flight");
        patience = settings.duration("kling.watch.patience");
        probe = settings.duration("kling.submit.probe");
    }

    /** How many tasks could be sent now: a hint for the clock, not a promise. */
    public int room() {
        return ledger.read(
                handle -> {
                    Row row = row(handle);
                    int room = Math.max(0, (int) row.limit(inFlight) - row.inFlight());
                    if (row.closedCode() != null) {
                        return row.shut(probe) ? 0 : Math.min(1, room);
                    }
                    return room;
                });
    }

    /**
     * Writes SUBMITTING with the exact body and reserves what it costs, if there is room, the
     * account is open, and the budgets allow it.
     *
     * @param estimate what it will cost, null if nobody knows
     * @param folders what may be spent a day in folders above it
     */
    public Answer pass(Task task, String body, Dollars estimate, Map<String, Dollars> folders) {
        return pass(task, body, estimate, folders, null);
    }

    /**
     * The same for a call that tells the provider where to call back.
     *
     * @param token good for this task from now on; null for none
     */
    public Answer pass(
            Task task,
            String body,
            Dollars estimate,
            Map<String, Dollars> folders,
            CallbackToken token) {
        task.state().to(TaskState.SUBMITTING);
        String never = budget.refusal(estimate, folders);
        if (never != null) {
            return new Answer(Kind.NEVER, never, null);
        }
        return ledger.transaction(
                handle -> {
                    Row row = locked(handle);
                    if (row.shut(probe)) {
                        return Answer.CLOSED;
                    }
                    if (row.inFlight() >= (int) row.limit(inFlight)) {
                        return Answer.FULL;
                    }
                    Answer spent = budget.spent(handle, row.now(), estimate, folders);
                    if (spent != null) {
                        return spent;
                    }
                    int day = Budget.day(row.now());
                    if (ledger.submitting(handle, task, body, patience, estimate, day) == 0) {
                        return Answer.LOST;
                    }
                    if (token != null) {
                        Callbacks.remember(ledger, handle, token, task.id());
                    }
                    if (row.closedCode() != null) {
                        update(handle, "probe_at = <now> + :probe")
                                .bind("probe", probe.toMillis())
                                .execute();
                    }
                    return Answer.GO;
                });
    }

    /**
     * A task was created: the account is open, and a lowered limit rises again slowly.
     *
     * @return whether the account was closed before
     */
    public boolean created() {
        return ledger.transaction(
                handle -> {
                    Row row = row(handle);
                    if (row.closedCode() == null && row.limitNow() == null) {
                        return false;
                    }
                    update(
                                    handle,
                                    """
                                    closed_code = null, closed_message = null, probe_at = null,
                                    limit_now = case when limit_now + 1 / limit_now < :set
                                                     then limit_now + 1 / limit_now end
                                    """)
                            .bind("set", inFlight)
                            .execute();
                    return row.closedCode() != null;
                });
    }

    /** The provider says that it has as many tasks as it takes (1303). */
    public void full() {
        ledger.transaction(
                handle -> {
                    Row row = locked(handle);
                    int others = Math.max(1, row.inFlight() - 1);
                    return update(handle, "limit_now = :others")
                            .bind("others", Math.min(others, row.limit(inFlight)))
                            .execute();
                });
    }

    /**
     * Nothing can be bought for now: wrong key, no money, wrong address.
     *
     * @return whether this was news
     */
    public boolean closed(String code, String message) {
        return ledger.transaction(
                handle -> {
                    boolean news = !code.equals(locked(handle).closedCode());
                    update(
                                    handle,
                                    "closed_code = :code, closed_message = :message,"
                                            + " probe_at = <now> + :probe")
                            .bind("code", code)
                            .bind("message", message)
                            .bind("probe", probe.toMillis())
                            .execute();
                    return news;
                });
    }

    private Update update(Handle handle, String set) {
        return ledger.update(handle, "update kling_gate set " + set + " where id = 1");
    }

    /** Two statements: one would count with eyes that were opened before the lock was had. */
    private Row locked(Handle handle) {
        handle.createQuery("select id from kling_gate where id = 1 <lock>").mapTo(int.class).one();
        return row(handle);
    }

    private Row row(Handle handle) {
        return handle.createQuery(
                        """
                        select limit_now, closed_code, probe_at, <now> as moment,
                            (select count(*) from kling_task where in_flight_until > <now>
                                and in_flight_until <= <now> + :patience) as running
                        from kling_gate where id = 1
                        """)
                .bind("now", ledger.now())
                .bind("patience", patience.toMillis())
                .map(
                        (row, context) ->
                                new Row(
                                        (Double) row.getObject("limit_now"),
                                        row.getString("closed_code"),
                                        row.getObject("probe_at") == null
                                                ? null
                                                : row.getLong("probe_at"),
                                        row.getLong("moment"),
                                        row.getInt("running")))
                .one();
    }
}
