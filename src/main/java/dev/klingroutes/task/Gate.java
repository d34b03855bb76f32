package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * The gate before money is spent: how many tasks may be at the provider, whether the account is
 * open, and what the budgets leave. All nodes pass it one at a time, under the lock of one row.
 *
 * <p>At the provider is every task that was sent and may still run, each for at most its patience;
 * one that nobody has called overdue for as long again, since the clock may have jumped. We see the
 * end of a task at our next look while the provider frees its slot at once, so that we count too
 * many rather than too few.
 *
 * <p>A 1303 lowers the limit to what ran beside the create that it refused. The limit rises by one
 * when enough creates have been taken in its last place, and for every hour without a change. How
 * many are enough doubles with each 1303, up to {@value #MOST_CREATES}, until the limit is the set
 * one again: a refusal by chance is soon forgotten, and a provider that takes no more is asked ever
 * more rarely.
 */
public final class Gate implements CamelContextAware {
    /** What the gate can say to a task that wants to be sent. */
    public enum Kind {
        /** SUBMITTING is written: send it now, once. */
        GO,
        /** SUBMITTING is written, but it took too long to send it now, or the application stops. */
        LATE,
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
     * @param task as SUBMITTING was written, so that its call can be told from a later one; null if
     *     it was not
     * @param why for people, where a budget is against it
     * @param later how long it makes no sense to ask again
     */
    public record Answer(Kind kind, Task task, String why, Duration later) {
        public static final Answer FULL = new Answer(Kind.FULL);
        public static final Answer CLOSED = new Answer(Kind.CLOSED);
        public static final Answer LOST = new Answer(Kind.LOST);

        private Answer(Kind kind) {
            this(kind, null, null, Duration.ofSeconds(1));
        }

        private static Answer submitting(Kind kind, Task task) {
            return new Answer(kind, task, null, null);
        }

        /** A budget is against it. */
        static Answer spent(Kind kind, String why, Duration later) {
            return new Answer(kind, null, why, later);
        }
    }

    /**
     * How it stands with the gate.
     *
     * @param limit tasks that may be at the provider now
     * @param running tasks that are, or may be, there
     * @param uncertain those of them that may have been created
     * @param closed why the account is closed for now; null if it is open
     * @param probeIn how long until one task tries again, where it is closed
     */
    public record Standing(int limit, int running, int uncertain, String closed, Duration probeIn) {
        /** Why nothing is sent now; null if something could be. */
        public String shut() {
            if (closed != null) {
                return "the account is closed for now: " + closed;
            }
            return running < limit
                    ? null
                    : "all "
                            + limit
                            + " places at the provider are taken"
                            + (uncertain == 0
                                    ? ""
                                    : ", "
                                            + uncertain
                                            + " by tasks that may have been created and may still run");
        }
    }

    /**
     * A task that was let through once more.
     *
     * @param body the same as it was sent with
     */
    public record Resent(Task task, String body) {}

    private record Row(
            Double limitNow,
            int creates,
            int enough,
            Long limitAt,
            String closedCode,
            Long probeAt,
            long now,
            int inFlight) {
        /** A clock that was put back leaves it where it is. */
        int limit(int set) {
            if (limitNow == null) {
                return set;
            }
            long hours = limitAt == null ? 0 : (now - limitAt) / HOUR_MILLIS;
            return (int) Math.min(set, limitNow + Math.max(0, hours));
        }

        /** A probe that is farther away than any was ever set comes from a clock that jumped. */
        boolean shut(Duration probe) {
            return closedCode != null && now < probeAt && probeAt - now <= probe.toMillis();
        }
    }

    /** Of the lease; a call that begins later could be looked up, or settled, before it is made. */
    private static final Duration MOST_BEFORE_SENDING = Duration.ofSeconds(5);

    private static final int FEWEST_CREATES = 2;
    private static final int MOST_CREATES = 128;
    private static final long HOUR_MILLIS = 3_600_000;

    private final Ledger ledger;
    private final Budget budget;
    private final int inFlight;
    private final Duration patience;
    private final Duration probe;
    private final LongSupplier nanos;
    private final Pause pause;
    private volatile boolean stopping;

    /** As it was seen when somebody asked for room. */
    private volatile boolean closed;

    private CamelContext camel;

    /**
     * Reads {@code kling.submit.in-flight}, {@code .workers} and {@code .probe}, {@code
     * kling.budget.*}, and {@code kling.watch.patience}, for which a task is counted at most.
     */
    public Gate(Ledger ledger, Settings settings) {
        this(ledger, settings, System::nanoTime);
    }

    /**
     * @param nanos time that no clock turns back
     */
    Gate(Ledger ledger, Settings settings, LongSupplier nanos) {
        this.ledger = ledger;
        budget = new Budget(settings);
        inFlight = settings.count("kling.submit.in-flight");
        patience = settings.duration("kling.watch.patience");
        probe = settings.duration("kling.submit.probe");
        // more than can be in hand: what is slow is not in vain
        pause = new Pause(settings.count("kling.submit.workers") + 2, nanos);
        this.nanos = nanos;
    }

    /** Nothing is sent any more as soon as this application begins to stop. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        camel = camelContext;
        camelContext.addLifecycleStrategy(
                new LifecycleStrategySupport() {
                    @Override
                    public void onContextStopping(CamelContext context) {
                        stopping = true;
                    }
                });
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    /** How many tasks could be sent now: a hint for the clock, not a promise. */
    public int room() {
        if (stopping) {
            return 0;
        }
        return pause.of(roomAtProvider());
    }

    /** Whether creates are held back, because none comes to anything. */
    public boolean pausing() {
        return pause.going();
    }

    /** Whether what is sent now is a try: creates are held back, or the account was closed. */
    boolean trying() {
        return closed || pausing();
    }

    private int roomAtProvider() {
        return ledger.read(
                handle -> {
                    Row row = row(handle);
                    int room = Math.max(0, row.limit(inFlight) - row.inFlight());
                    closed = row.closedCode() != null;
                    if (closed) {
                        return row.shut(probe) ? 0 : Math.min(1, room);
                    }
                    return room;
                });
    }

    /** How it stands now, for people. */
    public Standing standing() {
        return ledger.read(
                handle -> {
                    Row row = row(handle);
                    int uncertain =
                            handle.createQuery(
                                            """
                                            select count(*) from kling_task
                                            where state = 'UNCERTAIN' and in_flight_until > <now>
                                            """)
                                    .bind("now", ledger.now())
                                    .mapTo(int.class)
                                    .one();
                    String closed =
                            handle.createQuery("select closed_message from kling_gate")
                                    .mapTo(String.class)
                                    .one();
                    Duration probeIn =
                            row.probeAt() == null
                                    ? null
                                    : Duration.ofMillis(Math.max(0, row.probeAt() - row.now()));
                    return new Standing(
                            row.limit(inFlight), row.inFlight(), uncertain, closed, probeIn);
                });
    }

    /**
     * Writes SUBMITTING with the exact body and reserves what it costs, if there is room, the
     * account is open, and the budgets allow it.
     *
     * @param estimate what it will cost, null if nobody knows
     * @param folders what may be spent a day in folders above it
     * @param token the provider may call back with it from now on; null for no callbacks
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
            return Answer.spent(Kind.NEVER, never, null);
        }
        if (stopping) {
            return Answer.FULL;
        }
        AtomicLong written = new AtomicLong();
        Answer answer =
                ledger.transaction(
                        handle -> {
                            Row row = locked(handle);
                            if (row.shut(probe)) {
                                return Answer.CLOSED;
                            }
                            if (row.inFlight() >= row.limit(inFlight)) {
                                return Answer.FULL;
                            }
                            Answer spent = budget.spent(handle, row.now(), estimate, folders);
                            if (spent != null) {
                                return spent;
                            }
                            int day = Budget.day(row.now());
                            written.set(nanos.getAsLong());
                            Optional<Task> submitting =
                                    ledger.submitting(handle, task, body, patience, estimate, day);
                            if (submitting.isEmpty()) {
                                return Answer.LOST;
                            }
                            if (token != null) {
                                Callbacks.remember(ledger, handle, token, task);
                            }
                            if (row.closedCode() != null) {
                                update(handle, "probe_at = <now> + :probe")
                                        .bind("probe", probe.toMillis())
                                        .execute();
                            }
                            return Answer.submitting(Kind.GO, submitting.get());
                        });
        if (answer.kind() != Kind.GO) {
            return answer;
        }
        if (stopping || nanos.getAsLong() - written.get() > MOST_BEFORE_SENDING.toNanos()) {
            return Answer.submitting(Kind.LATE, answer.task());
        }
        pause.begun();
        return answer;
    }

    /**
     * Writes SUBMITTING for an unclear task whose body is sent once more: never a second time, and
     * only while the account is open. Its place and its price are counted already.
     *
     * @param token where to call back about this call; null for nowhere
     */
    public Optional<Resent> resend(Task task, CallbackToken token) {
        return ledger.transaction(
                handle -> {
                    if (stopping || locked(handle).closedCode() != null) {
                        return Optional.empty();
                    }
                    Optional<Resent> resent = ledger.resending(handle, task, patience);
                    if (resent.isPresent() && token != null) {
                        Callbacks.remember(ledger, handle, token, task);
                    }
                    return resent;
                });
    }

    /**
     * A task was created: the account is open, and a lowered limit may rise again.
     *
     * @return whether the account was closed before
     */
    public boolean created() {
        pause.over();
        return ledger.transaction(
                handle -> {
                    Row seen = row(handle);
                    if (seen.closedCode() == null && seen.limitNow() == null) {
                        return false;
                    }
                    Row row = locked(handle);
                    if (row.limitNow() != null && row.inFlight() >= row.limit(inFlight)) {
                        lastPlaceTaken(handle, row);
                    }
                    return opened(handle, row);
                });
    }

    private void lastPlaceTaken(Handle handle, Row row) {
        int limit = row.limit(inFlight);
        if (row.creates() + 1 < row.enough()) {
            update(handle, "limit_creates = limit_creates + 1").execute();
        } else if (limit + 1 < inFlight) {
            limit(handle, limit + 1, row.enough());
        } else {
            update(
                            handle,
                            "limit_now = null, limit_at = null, limit_creates = null, limit_enough = null")
                    .execute();
        }
    }

    private void limit(Handle handle, int limit, int enough) {
        update(
                        handle,
                        "limit_now = :limit, limit_at = <now>, limit_creates = 0, limit_enough = :enough")
                .bind("limit", limit)
                .bind("enough", enough)
                .execute();
    }

    private boolean opened(Handle handle, Row row) {
        if (row.closedCode() == null) {
            return false;
        }
        update(handle, "closed_code = null, closed_message = null, probe_at = null").execute();
        return true;
    }

    /**
     * The provider says that it has as many tasks as it takes (1303), which it says only to an
     * account that is open. The task that it said it to must have its place given back: the others
     * are as many as it takes.
     *
     * @return whether the account was closed before
     */
    public boolean full() {
        return ledger.transaction(
                handle -> {
                    Row row = locked(handle);
                    int others = Math.max(1, row.inFlight());
                    limit(
                            handle,
                            Math.min(others, row.limit(inFlight)),
                            Math.min(MOST_CREATES, 2 * row.enough()));
                    return opened(handle, row);
                });
    }

    /** The create was refused, for what is wrong with its prompt: the provider does answer. */
    public void refused() {
        pause.over();
        unproven();
    }

    /**
     * The create was answered, but not whether the account is open: what is wrong with a prompt may
     * be said before. If the account is closed, another task may try at once.
     */
    public void unproven() {
        ledger.transaction(
                handle ->
                        locked(handle).closedCode() == null
                                ? 0
                                : update(handle, "probe_at = <now>").execute());
    }

    /**
     * Nothing can be bought for now: wrong key, no money, wrong address.
     *
     * @return whether this was news
     */
    public boolean closed(String code, String message) {
        pause.over();
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
                        select limit_now, coalesce(limit_creates, 0) as creates,
                            coalesce(limit_enough, :fewest) as enough, limit_at,
                            closed_code, probe_at, <now> as moment,
                            (select count(*) from kling_task
                                where in_flight_until > <now> - :patience
                                and (in_flight_until > <now>
                                    or state in ('SUBMITTING', 'SUBMITTED'))
                                and in_flight_until <= <now> + :patience + :jump) as running
                        from kling_gate where id = 1
                        """)
                .bind("now", ledger.now())
                .bind("patience", patience.toMillis())
                .bind("jump", Ledger.LONGEST_WAIT.toMillis())
                .bind("fewest", FEWEST_CREATES)
                .map(
                        (row, context) ->
                                new Row(
                                        (Double) row.getObject("limit_now"),
                                        row.getInt("creates"),
                                        row.getInt("enough"),
                                        TaskRow.number(row, "limit_at"),
                                        row.getString("closed_code"),
                                        TaskRow.number(row, "probe_at"),
                                        row.getLong("moment"),
                                        row.getInt("running")))
                .one();
    }
}
