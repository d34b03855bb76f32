package dev.klingroutes.task;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.core.statement.Update;

/**
 * Where tasks are written down: what was paid, what is due, and who has it now. Everything commits
 * on connections of its own. A claim is fenced: it carries a number, and a write under an outdated
 * number changes nothing.
 */
public final class Ledger implements AutoCloseable {
    /**
     * No wait is longer; a due time beyond it comes from a clock that jumped, and counts as due.
     */
    public static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final String CLAIMED =
            "claim = claim + 1, claimed = 1, was_due = due_at, due_at = <now> + :lease";
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private static final Map<TaskState, String> TIME_OF =
            Map.of(
                    TaskState.SUBMITTING, "submitting_at",
                    TaskState.SUBMITTED, "submitted_at",
                    TaskState.SUCCEEDED, "succeeded_at",
                    TaskState.DELIVERED, "ended_at",
                    TaskState.FAILED, "ended_at",
                    TaskState.CANCELLED, "ended_at");

    /** Clocks are set right by so much all the time. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private static final Set<TaskState> GOING =
            EnumSet.complementOf(EnumSet.copyOf(TaskState.ENDS));

    private static final Set<TaskState> SLOT_FREE =
            Set.of(TaskState.ACCEPTED, TaskState.SUCCEEDED, TaskState.FAILED);

    /** What may follow a call whose answer is not known. */
    private static final Set<TaskState> UNCLEAR =
            Set.of(TaskState.SUBMITTING, TaskState.UNCERTAIN, TaskState.CANCELLED);

    private static final int TRIES_OUT_OF_TURN = 5;

    private static final String NOBODY_SAYS_CREATED =
            " and task_id is null and resent_at is null and not exists"
                    + " (select 1 from kling_callback heard where heard.task = kling_task.id"
                    + " and heard.external_id = kling_task.external_id"
                    + " and heard.heard_at is not null)";

    private final LedgerSource source;
    private final Duration lease;
    private final Clock clock;
    private final String address;
    private final Bell bell = new Bell();
    private final Outage outage;
    private volatile Jdbi jdbi;
    private boolean closed;

    /**
     * A claim holds longer than a create call ({@code kling.submit.deadline}), and than a look that
     * waited behind another ({@code kling.watch.deadline}).
     */
    public Ledger(LedgerSource source, Settings settings, Clock clock) {
        this.source = source;
        outage = new Outage(source);
        Duration create = settings.duration("kling.submit.deadline");
        Duration looks = settings.duration("kling.watch.deadline").multipliedBy(2);
        lease = (create.compareTo(looks) > 0 ? create : looks).plus(MARGIN);
        this.clock = clock;
        address = Acceptance.address(settings);
    }

    /**
     * Opens the database. Unless it is opened beside an application: brings its tables up to date,
     * and takes up what a killed predecessor of this one had claimed. Done by the first use if
     * nobody calls it before.
     *
     * @throws dev.klingroutes.CannotStart if it cannot be used, saying why
     */
    public synchronized void open() {
        if (jdbi != null) {
            return;
        }
        if (closed) {
            throw new IllegalStateException("the ledger is closed");
        }
        jdbi = source.apart(this::opened);
    }

    private Jdbi opened() {
        Jdbi opened = Jdbi.create(source.open());
        opened.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
        // or every message holds the statement and all that was bound to it
        opened.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        opened.registerArgument(new ForeignText());
        opened.define("now", source.database().now);
        opened.define("skipLocked", source.database().skipLocked);
        opened.define("lock", source.database().lock);
        opened.define("rows", source.database().rows);
        if (!source.beside()) {
            try {
                opened.useTransaction(this::takeUp);
            } catch (JdbiException e) {
                throw source.cannotBeUsed(e);
            }
        }
        return opened;
    }

    private void takeUp(Handle handle) {
        update(
                        handle,
                        "insert into kling_gate (id, ledger_id) values (1, :id)"
                                + " on conflict (id) do nothing")
                .bind("id", UUID.randomUUID().toString())
                .execute();
        // a start is a reason to try again: the key, the balance or a setting may have been put
        // right
        update(handle, "update kling_gate set probe_at = <now> where closed_code is not null")
                .execute();
        update(
                        handle,
                        "update kling_task set due_at = <now> where state = 'ACCEPTED' and claimed = 0"
                                + " and code in ('budget', 'other-address')")
                .execute();
        // its address is ours again: what its error file says to do is done
        update(
                        handle,
                        """
                        update kling_task set code = null, message = null,
                            report_at = case when report is null then null else <now> end,
                            report = case when report is null then null else 'remove' end
                        where state = 'ACCEPTED' and code = 'other-address' and address = :address
                        """)
                .bind("address", address)
                .execute();
        if (source.ours()) {
            update(handle, "update kling_task set claimed = 0, due_at = <now> where claimed = 1")
                    .execute();
            update(handle, "update kling_task set report_at = <now> where report_at is not null")
                    .execute();
            HandOvers.due(this, handle, Duration.ZERO);
        }
    }

    @Override
    public synchronized void close() {
        jdbi = null;
        closed = true;
        source.close();
    }

    /** How long a claim holds without being renewed. */
    public Duration lease() {
        return lease;
    }

    /** The name of this ledger, made when it was. */
    public String id() {
        return read(
                handle ->
                        handle.createQuery("select ledger_id from kling_gate")
                                .mapTo(String.class)
                                .one());
    }

    /**
     * Takes tasks whose time has come. Each is this caller's until the lease runs out or a move
     * gives it back.
     */
    public List<Task> claim(Set<TaskState> states, int limit) {
        if (limit <= 0) {
            return List.of();
        }
        return transaction(handle -> taken(handle, due(states), CLAIMED, limit));
    }

    /**
     * The same of what is to be sent, those first that failed least: they tell more than the
     * others. What waits for something else than the provider would be put off again, and tell
     * nothing.
     */
    public List<Task> claimLeastTried(int limit) {
        if (limit <= 0) {
            return List.of();
        }
        return transaction(
                handle ->
                        taken(
                                handle,
                                "select id from kling_task"
                                        + " where state = 'ACCEPTED' and due_at <= <now>"
                                        + " order by case when code in ('budget', 'other-address')"
                                        + " then 1 else 0 end, failures, due_at"
                                        + " limit :limit <skipLocked>",
                                CLAIMED,
                                limit));
    }

    /** Whether there is anything to send. */
    boolean isAnyAccepted() {
        return read(
                handle ->
                        handle.createQuery(
                                        "select 1 from kling_task where state = 'ACCEPTED'"
                                                + " and due_at <= <now> limit 1")
                                .bind("now", now())
                                .mapTo(int.class)
                                .findOne()
                                .isPresent());
    }

    /**
     * Each state by itself, or the index gives no order and all that is due is sorted for a few of
     * them: with 100,000 due half a second on PostgreSQL.
     */
    private static String due(Set<TaskState> states) {
        return states.stream()
                        .map(
                                state ->
                                        "%1$s_due as (select id, due_at from kling_task where state = '%1$s'"
                                                        .formatted(state)
                                                + " and due_at <= <now> order by due_at"
                                                + " limit :limit <skipLocked>)")
                        .collect(joining(", ", "with ", ""))
                + states.stream()
                        .map("select * from %s_due"::formatted)
                        .collect(joining(" union all ", " select id from (", ") as due"))
                + " order by due_at limit :limit";
    }

    /**
     * Picks rows and marks them, in the order of the picking. Two statements: {@code returning} has
     * no order, and one update could pick its rows more than once.
     */
    private List<Task> taken(Handle handle, String pick, String mark, int limit) {
        List<String> ids =
                handle.createQuery(pick)
                        .bind("now", now())
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list();
        if (ids.isEmpty()) {
            return List.of();
        }
        List<Task> tasks =
                handle
                        .createQuery(
                                "update kling_task set "
                                        + mark
                                        + " where id in (<ids>) returning *")
                        .bindList("ids", ids)
                        .bind("now", now())
                        .bind("lease", lease.toMillis())
                        .map(TaskRow::read)
                        .stream()
                        .sorted(Comparator.comparingInt(task -> ids.indexOf(task.id())))
                        .toList();
        return withVideos(handle, tasks);
    }

    /** Holds a claim for another lease; false: it is lost, stop. */
    public boolean renew(Task task) {
        return transaction(handle -> hold(handle, task, ""));
    }

    /** Counts a try to fetch the videos and holds the claim; null: it is lost, stop. */
    public Task trying(Task task) {
        return transaction(handle -> hold(handle, task, "tries = tries + 1, "))
                ? task.tried()
                : null;
    }

    private boolean hold(Handle handle, Task task, String more) {
        return update(
                                handle,
                                "update kling_task set "
                                        + more
                                        + "due_at = <now> + :lease where id = :id"
                                        + " and state = :was and claim = :claim and claimed = 1")
                        .bind("lease", lease.toMillis())
                        .bind("id", task.id())
                        .bind("was", task.state().name())
                        .bind("claim", task.claim())
                        .execute()
                == 1;
    }

    /**
     * Writes what a step did, if the claim still holds. That nothing was bought is not written over
     * a name of the provider's that was learned meanwhile.
     *
     * @return false if somebody else has the task: nothing was written, and nothing may be done
     * @throws IllegalStateException if the state may not be left that way
     */
    public boolean write(Task task, Move move) {
        if (move.state() != null) {
            task.state().to(move.state());
        }
        boolean mayBeLost =
                move.state() == null
                        && move.videos().isEmpty()
                        && !move.columns().containsKey("report");
        if (mayBeLost) {
            return read(
                            handle ->
                                    source.database()
                                            .lazily(
                                                    handle,
                                                    also -> update(handle, task, move, also)))
                    == 1;
        }
        boolean written =
                transaction(
                        handle -> {
                            String unnamed = move.takesBack() ? " and task_id is null" : "";
                            if (update(handle, task, move, unnamed).execute() == 0) {
                                return false;
                            }
                            Videos.write(handle, task.id(), move.videos());
                            return true;
                        });
        if (written && Duration.ZERO.equals(move.due())) {
            bell.ring();
        }
        return written;
    }

    /** Stores what was verified and keeps the claim; false: it is lost, publish nothing. */
    public boolean verified(Task task, List<Video> videos) {
        return transaction(
                handle -> {
                    if (!hold(handle, task, "")) {
                        return false;
                    }
                    Videos.write(handle, task.id(), videos);
                    return true;
                });
    }

    /**
     * @param also what else must be so
     */
    private Update update(Handle handle, Task task, Move move, String also) {
        StringBuilder set = new StringBuilder("claimed = 0, hint = 0, due_at = ");
        set.append(due(move));
        if (move.state() != null) {
            set.append(", state = :state");
            String time = TIME_OF.get(move.state());
            if (time != null) {
                set.append(", %s = coalesce(%s, <now>)".formatted(time, time));
            }
            if (SLOT_FREE.contains(move.state())) {
                set.append(", in_flight_until = null");
            }
        }
        move.columns()
                .keySet()
                .forEach(column -> set.append(", %s = :%s".formatted(column, column)));
        if (move.columns().containsKey("report")) {
            set.append(", report_at = <now>");
        }
        return update(
                        handle,
                        "update kling_task set "
                                + set
                                + " where id = :id and state = :was and claim = :claim"
                                + also)
                .bind("due", move.due() == null ? 0 : move.due().toMillis())
                .bind("state", move.state() == null ? null : move.state().name())
                .bindMap(move.columns())
                .bind("id", task.id())
                .bind("was", task.state().name())
                .bind("claim", task.claim());
    }

    private static String due(Move move) {
        if (move.due() == null) {
            return "null";
        }
        String due =
                move.inRhythm()
                        ? "when was_due <= <now> and was_due + :due > <now> then was_due + :due"
                        : "";
        return "case when hint = 1 then <now> " + due + " else <now> + :due end";
    }

    /**
     * The same of a create call, also if the claim was lost meanwhile, as far as {@link #outOfTurn}
     * may write it.
     *
     * @param sent as it was when the call was made
     * @return whether it was written
     */
    public boolean writeAnyway(Task sent, Move move) {
        return write(sent, move) || outOfTurn(sent, move);
    }

    /**
     * Writes that a create was certainly not taken, though the claim was lost meanwhile, by a clock
     * that jumped or a machine that slept: only who made the call can know. Not where it was sent
     * more than once, also after it was settled, or where somebody has heard that it was created.
     *
     * @param sent as it was when the call was made
     * @return whether it was written
     */
    public boolean outOfTurn(Task sent, Move move) {
        if (move.state() != TaskState.ACCEPTED && move.state() != TaskState.FAILED) {
            return false;
        }
        // a look-up may take the task, or give it back, between asking and writing
        for (int tries = 0; tries < TRIES_OUT_OF_TURN; tries++) {
            Task now = find(sent.id()).orElse(sent);
            boolean sameCall =
                    now.externalId().equals(sent.externalId())
                            && now.times().submitting() != null
                            && now.times().submitting().equals(sent.times().submitting())
                            && sent.times().resent() == null;
            if (!sameCall || !UNCLEAR.contains(now.state())) {
                return false;
            }
            Move goesOn = move.state() == TaskState.ACCEPTED ? move.unreported(now) : move;
            int written =
                    transaction(
                            handle ->
                                    now.state() == TaskState.CANCELLED
                                            ? takenBack(handle, now)
                                            : update(handle, now, goesOn, NOBODY_SAYS_CREATED)
                                                    .execute());
            if (written == 1) {
                return true;
            }
        }
        return false;
    }

    /** A task that was cancelled during its call stays cancelled, and costs nothing. */
    private int takenBack(Handle handle, Task cancelled) {
        return update(
                        handle,
                        "update kling_task set cost = null, bought_day = null, in_flight_until = null"
                                + " where id = :id and state = :was and claim = :claim"
                                + NOBODY_SAYS_CREATED)
                .bind("id", cancelled.id())
                .bind("was", cancelled.state().name())
                .bind("claim", cancelled.claim())
                .execute();
    }

    /**
     * Stores a task id that was learned, whatever has become of the claim: a paid task must not be
     * forgotten. An unclear one is due at once, or as soon as the one who has it gives it back. One
     * that was settled as not created meanwhile is unclear again.
     */
    public void learned(Task task, String taskId) {
        transaction(
                handle ->
                        update(
                                        handle,
                                        """
                                        update kling_task set task_id = :taskId,
                                            state = case when state = 'ACCEPTED' then 'UNCERTAIN'
                                                         else state end,
                                            bought_day = coalesce(bought_day, <now> / 86400000),
                                            hint = case when state = 'UNCERTAIN' then claimed
                                                        else hint end,
                                            failures = case when state = 'UNCERTAIN' then 0
                                                            else failures end,
                                            due_at = case when state = 'UNCERTAIN' and claimed = 0
                                                          then <now> else due_at end
                                        where id = :id and external_id = :externalId and task_id is null
                                        """)
                                .bind("taskId", taskId)
                                .bind("id", task.id())
                                .bind("externalId", task.externalId())
                                .execute());
    }

    /**
     * Somebody wants a task looked at now: it is due at once, or as soon as the one who has it
     * gives it back. A claimed task's due time is its lease, which nobody else may move.
     */
    public void hint(String id) {
        transaction(handle -> hint(handle, id));
        bell.ring();
    }

    /** One that is due already keeps its place among the others. */
    int hint(Handle handle, String id) {
        return update(
                        handle,
                        """
                        update kling_task set hint = claimed,
                            due_at = case when claimed = 1 or due_at <= <now> then due_at
                                          else <now> end
                        where id = :id
                            and not\s"""
                                + in(TaskState.ENDS))
                .bind("id", id)
                .execute();
    }

    /** Tasks that owe an error file, or its removal; asked for again after a lease. */
    public List<Task> owing(int limit) {
        return transaction(
                handle ->
                        taken(
                                handle,
                                "select id from kling_task where report_at <= <now>"
                                        + " order by report_at limit :limit <skipLocked>",
                                "report_at = <now> + :lease",
                                limit));
    }

    /**
     * The debt is paid, unless the task owes another by now: that one is due at once, while the one
     * that was handed out is not due before its lease runs out. What a file says is of one state;
     * that it is to go holds in all that follow. One that was written after another node had taken
     * it away has to go once more.
     */
    public void paid(Task task) {
        transaction(
                handle -> {
                    int paid =
                            update(
                                            handle,
                                            """
                                            update kling_task set report_at = null,
                                                report = case when report = 'write' then 'written' end
                                            where id = :id and report = :report and report_at > <now>
                                                and (state = :was or report = 'remove')
                                            """)
                                    .bind("id", task.id())
                                    .bind("was", task.state().name())
                                    .bind("report", task.report())
                                    .execute();
                    return paid == 1
                            ? paid
                            : update(
                                            handle,
                                            "update kling_task set report = 'remove', report_at = <now>"
                                                    + " where id = :id and report is null")
                                    .bind("id", task.id())
                                    .execute();
                });
    }

    /** The task as it is now. */
    public Optional<Task> find(String id) {
        return read(
                handle ->
                        withVideos(
                                        handle,
                                        handle.createQuery(
                                                        "select * from kling_task where id = :id")
                                                .bind("id", id)
                                                .map(TaskRow::read)
                                                .list())
                                .stream()
                                .findFirst());
    }

    /** Those of these tasks that have ended; a thousand at a time, or the statement is too long. */
    public List<Task> ended(Collection<String> ids) {
        return ids.isEmpty()
                ? List.of()
                : read(
                        handle ->
                                withVideos(
                                        handle,
                                        handle.createQuery(
                                                        "select * from kling_task where id in (<ids>)"
                                                                + " and "
                                                                + in(TaskState.ENDS))
                                                .bindList("ids", ids)
                                                .map(TaskRow::read)
                                                .list()));
    }

    /** How many tasks there are in each state. */
    public Map<TaskState, Integer> count() {
        return read(
                handle ->
                        handle.createQuery(
                                        "select state, count(*) as tasks from kling_task group by state")
                                .reduceRows(
                                        new EnumMap<>(TaskState.class),
                                        (counts, row) -> {
                                            counts.put(
                                                    TaskState.valueOf(
                                                            row.getColumn("state", String.class)),
                                                    row.getColumn("tasks", Integer.class));
                                            return counts;
                                        }));
    }

    /**
     * Makes due what a clock that was put back would freeze: what waits longer than any wait is,
     * and all that waits if a task was claimed at a time that has not come yet. One look too many
     * is harmless.
     */
    public void thaw() {
        transaction(this::clockPutBack);
        for (String due : List.of("due_at", "report_at")) {
            transaction(
                    handle ->
                            update(
                                            handle,
                                            "update kling_task set %s = <now> where %s > <now> + :longest"
                                                    .formatted(due, due))
                                    .bind("longest", LONGEST_WAIT.toMillis())
                                    .execute());
        }
        transaction(
                handle -> {
                    HandOvers.due(this, handle, LONGEST_WAIT);
                    return null;
                });
    }

    private boolean clockPutBack(Handle handle) {
        int fromTheFuture =
                update(
                                handle,
                                "update kling_task set was_due = <now> where was_due > <now> + :slack"
                                        + " and "
                                        + in(GOING))
                        .bind("slack", SLACK.toMillis())
                        .execute();
        if (fromTheFuture + HandOvers.fromTheFuture(this, handle, SLACK) == 0) {
            return false;
        }
        HandOvers.clockPutBack(this, handle);
        update(handle, "update kling_task set due_at = <now> where due_at > <now> and claimed = 0")
                .execute();
        // in hand, or owed to it: not longer than if it were taken now
        for (String lease : List.of("due_at", "report_at")) {
            update(
                            handle,
                            "update kling_task set %s = <now> + :lease where %s > <now> + :lease"
                                    .formatted(lease, lease))
                    .bind("lease", lease().toMillis())
                    .execute();
        }
        return true;
    }

    /** Whether the database was out of reach, which is told already. */
    public boolean wasGone(Throwable thrown) {
        return outage.is(thrown);
    }

    /**
     * Does what must not be forgotten: if the database is gone, it waits until it is there again,
     * or this thread is interrupted. Any other trouble is given a lease to pass, too: what the
     * provider said must not depend on our knowing each error of a database.
     */
    public <T> T insist(Supplier<T> write) {
        long began = System.nanoTime();
        while (true) {
            try {
                return write.get();
            } catch (JdbiException e) {
                if (!outage.is(e) && System.nanoTime() - began > lease().toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(AGAIN.toNanos());
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    <T> T transaction(HandleCallback<T, RuntimeException> work) {
        Jdbi open = jdbi();
        T done = outage.watch(() -> source.apart(() -> open.inTransaction(work)));
        outage.ask(
                () ->
                        source.apart(
                                () ->
                                        open.withHandle(
                                                any ->
                                                        any.execute(
                                                                "update kling_gate set id = id"))));
        return done;
    }

    <T> T read(HandleCallback<T, RuntimeException> work) {
        Jdbi open = jdbi();
        return outage.watch(() -> source.apart(() -> open.withHandle(work)));
    }

    Optional<Task> submitting(
            Handle handle, Task task, String body, Duration patience, Dollars estimate, int day) {
        Long cost = estimate == null ? null : estimate.millionths();
        return handle.createQuery(
                        """
                        update kling_task set state = 'SUBMITTING', body = :body, submitting_at = <now>,
                            resent_at = null,
                            decision = null, decision_code = null, decision_message = null,
                            decision_request_id = null,
                            estimate = :cost, cost = :cost, bought_day = :day,
                            in_flight_until = <now> + :patience, due_at = <now> + :lease
                        where id = :id and state = 'ACCEPTED' and claim = :claim
                            and task_id is null
                        returning *
                        """)
                .bind("now", now())
                .bind("cost", cost)
                .bind("day", day)
                .bind("body", body)
                .bind("patience", patience.toMillis())
                .bind("lease", lease.toMillis())
                .bind("id", task.id())
                .bind("claim", task.claim())
                .map(TaskRow::read)
                .findOne();
    }

    /** Its slot and what is reserved for it stay its own; the slot for as long as from a create. */
    Optional<Gate.Resent> resending(Handle handle, Task task, Duration patience) {
        return handle.createQuery(
                        """
                        update kling_task set state = 'SUBMITTING', resent_at = <now>,
                            decision = null, decision_code = null, decision_message = null,
                            decision_request_id = null,
                            in_flight_until = <now> + :patience, due_at = <now> + :lease
                        where id = :id and state = 'UNCERTAIN' and claim = :claim
                            and resent_at is null and task_id is null and body is not null
                        returning *
                        """)
                .bind("now", now())
                .bind("patience", patience.toMillis())
                .bind("lease", lease.toMillis())
                .bind("id", task.id())
                .bind("claim", task.claim())
                .map(
                        (row, context) ->
                                new Gate.Resent(TaskRow.read(row, context), row.getString("body")))
                .findOne();
    }

    /** Rung when something was made due here. */
    Bell bell() {
        return bell;
    }

    /** Epoch milliseconds of the handed-in clock; PostgreSQL has a time of its own. */
    long now() {
        return clock.millis();
    }

    /** What the clock of claims says, the database's where there is one; epoch milliseconds. */
    long now(Handle handle) {
        return handle.createQuery("select <now>").bind("now", now()).mapTo(Long.class).one();
    }

    /** An update that knows what time it is. */
    Update update(Handle handle, String sql) {
        return handle.createUpdate(sql).bind("now", now());
    }

    private Jdbi jdbi() {
        if (jdbi == null) {
            open();
        }
        return jdbi;
    }

    static List<Task> withVideos(Handle handle, List<Task> tasks) {
        List<String> have =
                tasks.stream()
                        .filter(task -> task.times().succeeded() != null)
                        .map(Task::id)
                        .toList();
        if (have.isEmpty()) {
            return tasks;
        }
        Map<String, List<Video>> videos = Videos.of(handle, have);
        return tasks.stream()
                .map(task -> task.with(videos.getOrDefault(task.id(), List.of())))
                .toList();
    }

    /** The condition that a task is in one of these states. */
    static String in(Collection<TaskState> states) {
        return states.stream()
                .map(state -> "'" + state + "'")
                .collect(joining(", ", "state in (", ")"));
    }
}
