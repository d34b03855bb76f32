package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSource;
import dev.klingroutes.task.TestLedger.On;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh ledger of either kind for a measured application, and a look into it from outside. */
final class Books implements AutoCloseable {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static EmbeddedPostgres server;

    private final On on;
    private final String url;
    private final Connection connection;
    private final long databasePid;

    /**
     * @param home the folder in which the application will run
     */
    Books(On on, Path home) throws IOException, SQLException {
        this.on = on;
        url =
                on == On.SQLITE
                        ? "jdbc:sqlite:" + home.resolve("data").resolve("ledger.db")
                        : freshSchema();
        Settings settings = Settings.of(Map.of("kling.ledger.url", url));
        try (Ledger tables = new Ledger(new LedgerSource(settings), settings, Clock.systemUTC())) {
            tables.open();
        }
        connection = DriverManager.getConnection(url);
        databasePid =
                on == On.SQLITE
                        ? 0
                        : ProcessHandle.of(number("select pg_backend_pid()"))
                                .flatMap(ProcessHandle::parent)
                                .orElseThrow()
                                .pid();
    }

    /** What is forced is forced: for tests the server would not. */
    private static synchronized String freshSchema() throws IOException, SQLException {
        if (server == null) {
            server =
                    EmbeddedPostgres.builder()
                            .setServerConfig("synchronous_commit", "on")
                            .setServerConfig("fsync", "on")
                            .start();
        }
        String schema = "bench_" + SCHEMAS.incrementAndGet();
        try (Connection any = server.getPostgresDatabase().getConnection();
                Statement statement = any.createStatement()) {
            for (String forced : List.of("fsync", "synchronous_commit")) {
                ResultSet row = statement.executeQuery("show " + forced);
                row.next();
                assertThat(row.getString(1)).as(forced).isEqualTo("on");
            }
            statement.execute("create schema " + schema);
        }
        return "jdbc:postgresql://localhost:%d/postgres?user=postgres&currentSchema=%s"
                .formatted(server.getPort(), schema);
    }

    /** The application's settings that lead here. */
    Map<String, String> environment() {
        return Map.of("KLING_LEDGER_URL", url);
    }

    /** What the columns of a table call it. */
    String told() {
        return on == On.SQLITE ? "SQLite" : "PostgreSQL";
    }

    /** The application, the provider, and the database if that is a process of its own. */
    Map<String, Long> processes(long application, Provider provider) {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("application", application);
        if (databasePid != 0) {
            pids.put("database", databasePid);
        }
        pids.put("provider", provider.pid());
        return pids;
    }

    /** Resident memory of the database's processes; 0 if it lives in the application. */
    double databaseMegabytes() throws IOException {
        return databasePid == 0 ? 0 : new Use(databasePid).familyResidentMegabytes();
    }

    /** Writes tasks as if they had been accepted and submitted. */
    void fill(List<Waiting> tasks, String address) throws SQLException {
        connection.setAutoCommit(false);
        execute(
                "insert into kling_drop (id, source, accepted_at) values ('bench', 'cups.csv', %d)"
                        .formatted(System.currentTimeMillis()));
        try (PreparedStatement name =
                        connection.prepareStatement(
                                "insert into kling_name (name, task) values (?, ?)");
                PreparedStatement task =
                        connection.prepareStatement(
                                """
                                insert into kling_task (id, drop_id, drop_index, source, folder, stem,
                                    kind, request, address, external_id, body, task_id, state, due_at,
                                    in_flight_until, estimate, cost, bought_day, accepted_at,
                                    submitting_at, submitted_at)
                                values (?, 'bench', ?, 'cups.csv', '', ?, 'text2video', ?, ?, ?, ?, ?,
                                    'SUBMITTED', ?, ?, 420000, 420000, ?, ?, ?, ?)
                                """)) {
            int index = 0;
            for (Waiting waiting : tasks) {
                name.setString(1, "/" + waiting.stem());
                name.setString(2, waiting.id());
                name.addBatch();
                task.setString(1, waiting.id());
                task.setInt(2, index++);
                task.setString(3, waiting.stem());
                task.setString(4, waiting.request());
                task.setString(5, address);
                task.setString(6, waiting.id());
                task.setString(7, waiting.body());
                task.setString(8, waiting.taskId());
                task.setLong(9, waiting.dueAt());
                task.setLong(10, waiting.createdAt() + Duration.ofHours(1).toMillis());
                task.setInt(11, (int) (waiting.createdAt() / Duration.ofDays(1).toMillis()));
                task.setLong(12, waiting.createdAt());
                task.setLong(13, waiting.createdAt());
                task.setLong(14, waiting.createdAt());
                task.addBatch();
                if (index % 1000 == 0) {
                    name.executeBatch();
                    task.executeBatch();
                }
            }
            name.executeBatch();
            task.executeBatch();
        }
        connection.commit();
        connection.setAutoCommit(true);
        if (on == On.POSTGRESQL) {
            execute("analyze kling_task");
        }
    }

    /** Whatever waits is due now. */
    void allDue() throws SQLException {
        execute(
                "update kling_task set due_at = %d where state = 'SUBMITTED' and claimed = 0"
                        .formatted(System.currentTimeMillis()));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How long ago the longest waiting task that nobody has taken should have been looked at. */
    double millisLate() throws SQLException {
        long due =
                number(
                        "select due_at from kling_task where state = 'SUBMITTED' and claimed = 0"
                                + " order by due_at limit 1");
        return due == 0 ? 0 : Math.max(0, System.currentTimeMillis() - due);
    }

    int count(String state) throws SQLException {
        return (int) number("select count(*) from kling_task where state = '" + state + "'");
    }

    /** The first value of a query; 0 if there is none. */
    long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public void close() throws SQLException {
        if (on == On.POSTGRESQL) {
            String schema = url.replaceFirst(".*currentSchema=", "");
            // of the run that is over nothing may be vacuumed in the next one
            execute("drop schema " + schema + " cascade");
        }
        connection.close();
    }
}
