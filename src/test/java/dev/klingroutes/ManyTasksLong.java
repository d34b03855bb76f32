package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start on a ledger with 100,000 open tasks, in a small heap: {@code mvn -Plong verify}. */
class ManyTasksLong {
    private static final int TASKS = 100_000;
    private static final String SMALL = "-Xmx256m";

    @TempDir Path home;

    @Test
    void onSqlite() throws Exception {
        flow("jdbc:sqlite:" + home.resolve("data/ledger.db"));
    }

    @Test
    void onPostgresql() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            flow(server.getJdbcUrl("postgres", "postgres"));
        }
    }

    private void flow(String ledger) throws Exception {
        try (Sandbox provider = Sandbox.start(SandboxSettings.defaults())) {
            Map<String, String> settings =
                    Map.of(
                            "COMETAPI_KEY",
                            "test",
                            "KLING_API_URL",
                            provider.url(),
                            "KLING_LEDGER_URL",
                            ledger);
            JarProcess first = JarProcess.start(home, settings, SMALL);
            watches(1);
            first.kill();
            fill(ledger, provider.url());

            JarProcess application = JarProcess.start(home, settings, SMALL);
            try {
                watches(2);
                await().atMost(Duration.ofSeconds(5)).until(() -> provider.stats().looks() > 0);
                assertThat(JarProcess.run(home, settings, "tasks").out())
                        .contains("and " + (TASKS - 50) + " more");
                assertThat(JarProcess.run(home, settings, "doctor").out())
                        .contains("has " + TASKS + " tasks");
                assertThat(application.endsWithin(1)).isFalse();
                assertThat(Files.readString(home.resolve("console.log")))
                        .doesNotContain("OutOfMemory");
            } finally {
                application.kill();
            }
        }
    }

    private void watches(int starts) {
        await().atMost(Duration.ofMinutes(3))
                .until(
                        () ->
                                Files.readString(home.resolve("console.log"))
                                                .split("watching", -1)
                                                .length
                                        > starts);
    }

    /** All of them are due: it was down for a while. */
    private static void fill(String ledger, String provider) throws Exception {
        try (Connection connection = DriverManager.getConnection(ledger);
                Statement statement = connection.createStatement()) {
            statement.execute("insert into kling_drop values ('d', 'cups.csv', 1)");
            statement.execute(
                    """
                    with recursive number (n) as
                        (select 0 union all select n + 1 from number where n < %d)
                    insert into kling_task (id, drop_id, drop_index, source, folder, stem, kind,
                        request, address, external_id, task_id, state, due_at, accepted_at,
                        submitting_at, submitted_at)
                    select 'task-' || (10000000 + n), 'd', n, 'cups.csv', '', 'cups-' || n, 'text2video',
                        '{"prompt":"a small ceramic cup"}', '%s', 'task-' || (10000000 + n), '' || (900000000000000000 + n),
                        'SUBMITTED', n + 1, %d, %d, %d
                    from number
                    """
                            .formatted(
                                    TASKS - 1,
                                    provider,
                                    System.currentTimeMillis(),
                                    System.currentTimeMillis(),
                                    System.currentTimeMillis()));
        }
    }
}
