package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger's server is stopped in the middle, and started again. */
class DatabaseGoneTest {
    @TempDir Path home;
    @TempDir Path data;
    private int port;
    private EmbeddedPostgres server;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        startServer();
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(50)));
        house =
                new House(home, sandbox)
                        .with("kling.inbox.resume", "300")
                        .with("kling.ledger.url", server.getJdbcUrl("postgres", "postgres"))
                        .open();
    }

    @AfterEach
    void close() throws Exception {
        house.close();
        sandbox.close();
        server.close();
    }

    private void startServer() throws IOException {
        server =
                EmbeddedPostgres.builder()
                        .setDataDirectory(data.resolve("pg"))
                        .setCleanDataDirectory(false)
                        .setPort(port)
                        .start();
    }

    private String delivered() {
        return house.value(
                "select count(*) from (select id from kling_task where state = 'DELIVERED') as done");
    }

    @Test
    void what_was_answered_meanwhile_is_stored_and_nothing_is_bought_without_it() throws Exception {
        Console console = new Console();
        sandbox.misbehave("create.slow=1x,slow-ms=4000");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(sandbox.stats().createsReceived()).isEqualTo(1));
        server.close();
        house.drop("dog.txt", "a dog");
        soon(() -> assertThat(house.inbox("dog.txt")).doesNotExist());
        soon(() -> assertThat(console.lines("cannot be stored")).hasSize(1));
        soon(() -> assertThat(console.lines("cannot be used")).hasSize(1));
        assertThat(console.lines("cannot be stored").get(0))
                .contains(sandbox.tasks().get(0).taskId());
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);

        startServer();
        House.soon()
                .atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(delivered()).isEqualTo("2"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
        assertThat(house.files("outbox"))
                .containsExactly("cat.json", "cat.mp4", "dog.json", "dog.mp4");
        assertThat(house.files("failed")).isEmpty();
        soon(() -> assertThat(console.lines("can be used again")).hasSize(1));
        assertThat(console.lines("cannot be used")).hasSize(1);
        assertThat(console.lines("trouble")).isEmpty();
    }

    @Test
    void what_was_answered_while_it_takes_no_writes_is_stored_afterwards() throws Exception {
        Console console = new Console();
        sandbox.misbehave("create.slow=1x,slow-ms=2000");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(sandbox.stats().createsReceived()).isEqualTo(1));
        readOnly("on");
        soon(() -> assertThat(console.lines("cannot be stored")).hasSize(1));
        soon(() -> assertThat(console.lines("cannot be used")).hasSize(1));
        assertThat(house.task("cat").state()).isEqualTo("SUBMITTING");

        readOnly("off");
        House.soon()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(delivered()).isEqualTo("1"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().lookupsByExternalId()).isZero();
        assertThat(console.lines("may have been created")).isEmpty();
        assertThat(house.files("failed")).isEmpty();
    }

    /** Of the sessions that are open, too. */
    private void readOnly(String value) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set default_transaction_read_only = " + value);
            statement.execute("select pg_reload_conf()");
        }
    }
}
