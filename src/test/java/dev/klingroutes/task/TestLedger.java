package dev.klingroutes.task;

import static java.util.stream.Collectors.toList;

import dev.klingroutes.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** A ledger in a fresh database of either kind, whose time a test can turn. */
public final class TestLedger implements AutoCloseable {
    /** The databases on which every promise is proven. */
    public enum On {
        SQLITE,
        POSTGRESQL
    }

    public static final String ADDRESS = "https://kling.test";
    private static final String REQUEST = "{\"prompt\":\"a cat\"}";

    private final On on;
    private final TurnedClock turned = new TurnedClock();
    private final Settings settings;
    private final List<Ledger> nodes = new ArrayList<>();
    private final Path folder;

    private TestLedger(On on, Map<String, String> given) {
        this.on = on;
        try {
            folder = Files.createTempDirectory("kling-ledger");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> all = new HashMap<>();
        all.put("kling.api.url", ADDRESS);
        all.put("kling.ledger.min-free", "1KB");
        all.put("kling.failed.dir", folder.resolve("failed").toString());
        all.put(
                "kling.ledger.url",
                on == On.SQLITE
                        ? "jdbc:sqlite:" + folder.resolve("data/ledger.db")
                        : Postgres.freshSchema());
        all.putAll(given);
        settings = Settings.of(all);
        node();
    }

    public static TestLedger on(On on) {
        return new TestLedger(on, Map.of());
    }

    public static TestLedger on(On on, Map<String, String> given) {
        return new TestLedger(on, given);
    }

    /** Whether several nodes can be on it. */
    boolean isShared() {
        return on == On.POSTGRESQL;
    }

    public Settings settings() {
        return settings;
    }

    public Ledger ledger() {
        return nodes.get(0);
    }

    /** What another worker sees: a node of its own where there can be two. */
    public Ledger another() {
        return on == On.SQLITE ? ledger() : node();
    }

    private Ledger node() {
        Ledger ledger = new Ledger(new LedgerSource(settings), settings, clock());
        ledger.open();
        nodes.add(ledger);
        return ledger;
    }

    /** Ends the process that has the ledger and starts another one on it. */
    public void restart() {
        nodes.forEach(Ledger::close);
        nodes.clear();
        node();
    }

    /**
     * Of the disk with the temporary files, whichever database this is: there is so much or not.
     */
    public LedgerSpace space(String minFree) {
        Settings embedded =
                Settings.of(
                        Map.of(
                                "kling.ledger.url",
                                "jdbc:sqlite:" + System.getProperty("java.io.tmpdir") + "/x.db",
                                "kling.ledger.min-free",
                                minFree));
        return new LedgerSpace(new LedgerSource(embedded), embedded, new News());
    }

    public Gate gate() {
        return new Gate(ledger(), settings);
    }

    /** One whose time passes as it is told. */
    public Gate gate(LongSupplier nanos) {
        return new Gate(ledger(), settings, nanos);
    }

    /** The clock of this machine: on PostgreSQL the database has its own. */
    public Clock clock() {
        return on == On.SQLITE ? turned : Clock.systemUTC();
    }

    /** Time passes; a negative duration is a clock that is put back. */
    public void later(Duration time) {
        if (on == On.SQLITE) {
            turned.turn(time);
            return;
        }
        long by = time.toMillis();
        for (String column :
                List.of(
                        "due_at",
                        "was_due",
                        "in_flight_until",
                        "accepted_at",
                        "submitting_at",
                        "resent_at",
                        "submitted_at",
                        "succeeded_at",
                        "ended_at",
                        "missing_since",
                        "report_at",
                        "hand_due_at")) {
            sql("update kling_task set " + column + " = " + column + " - " + by);
        }
        sql(
                "update kling_gate set probe_at = probe_at - %d, limit_at = limit_at - %d"
                        .formatted(by, by));
    }

    public void sql(String statement) {
        ledger().transaction(handle -> handle.execute(statement));
    }

    /** A token that was sent with the present purchase of this task. */
    public CallbackToken token(Task task) {
        CallbackToken token = CallbackToken.fresh();
        ledger().transaction(
                        handle -> {
                            Callbacks.remember(ledger(), handle, token, task);
                            return null;
                        });
        return token;
    }

    /** The one value of a query. */
    public <T> T value(Class<T> type, String query) {
        return ledger().read(handle -> handle.createQuery(query).mapTo(type).one());
    }

    public Long column(String name, Task task) {
        return value(
                Long.class, "select " + name + " from kling_task where id = '" + task.id() + "'");
    }

    /** How long until a time of the task's row; null if it has none. */
    public Duration until(String column, Task task) {
        Long at = column(column, task);
        return at == null ? null : Duration.ofMillis(at - now());
    }

    public Duration untilDue(Task task) {
        return until("due_at", task);
    }

    public long now() {
        return ledger().read(
                        handle ->
                                handle.createQuery("select <now>")
                                        .bind("now", clock().millis())
                                        .mapTo(Long.class)
                                        .one());
    }

    public List<Acceptance.Accepted> accept(String... stems) {
        return acceptance()
                .accept(
                        UUID.randomUUID().toString(),
                        "drop.csv",
                        "",
                        Stream.of(stems).map(TestLedger::wanted).collect(toList()),
                        stem -> false);
    }

    public Acceptance acceptance() {
        return new Acceptance(ledger(), settings);
    }

    static Acceptance.Wanted wanted(String stem) {
        return new Acceptance.Wanted(stem, "text2video", REQUEST);
    }

    public Task find(Task task) {
        return ledger().find(task.id()).orElseThrow();
    }

    /** Claims the one task that is due in this state. */
    public Task claim(TaskState state) {
        List<Task> due = ledger().claim(EnumSet.of(state), 1);
        if (due.isEmpty()) {
            throw new AssertionError("nothing is due in " + state);
        }
        return due.get(0);
    }

    /** A new task in this state, claimed. */
    public Task claimed(TaskState state) {
        return claimed(state, UUID.randomUUID().toString());
    }

    public Task claimed(TaskState state, String stem) {
        accept(stem);
        Task task = claim(TaskState.ACCEPTED);
        return switch (state) {
            case ACCEPTED -> task;
            case SUBMITTING -> submitting(task);
            case SUBMITTED -> on(submitting(task), Move.to(state).taskId("t-" + stem));
            case UNCERTAIN -> on(submitting(task), Move.to(state));
            case OVERDUE, SUCCEEDED, FAILED ->
                    on(
                            on(submitting(task), Move.to(TaskState.SUBMITTED).taskId("t-" + stem)),
                            Move.to(state));
            case DELIVERED ->
                    on(
                            on(
                                    on(
                                            submitting(task),
                                            Move.to(TaskState.SUBMITTED).taskId("t-" + stem)),
                                    Move.to(TaskState.SUCCEEDED)),
                            Move.to(state));
            case CANCELLED -> on(task, Move.to(state));
        };
    }

    private Task submitting(Task task) {
        if (gate().pass(task, REQUEST, null, Map.of(), null).kind() != Gate.Kind.GO) {
            throw new AssertionError("the gate is shut");
        }
        return find(task);
    }

    private Task on(Task task, Move move) {
        if (!ledger().write(task, move)) {
            throw new AssertionError("the claim was lost");
        }
        return move.state().ended() ? find(task) : claim(move.state());
    }

    @Override
    public void close() {
        nodes.forEach(Ledger::close);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
