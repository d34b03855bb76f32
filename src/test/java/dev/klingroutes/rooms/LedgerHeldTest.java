package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another program holds the embedded ledger for longer than anybody waits for its lock. */
class LedgerHeldTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(50)));
        house = new House(home, sandbox).open();
    }

    @AfterEach
    void close() throws Exception {
        house.close();
        sandbox.close();
    }

    @Test
    void what_was_answered_meanwhile_is_stored_when_it_is_let_go() throws Exception {
        Console console = new Console();
        sandbox.misbehave("create.slow=1x,slow-ms=2000");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(sandbox.stats().createsReceived()).isEqualTo(1));
        try (Connection other =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + home.resolve("data/ledger.db"));
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            House.soon()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(console.lines("cannot be stored")).hasSize(1));
            assertThat(house.state("cat")).isEqualTo("SUBMITTING");
            assertThat(console.lines("cannot be used")).hasSize(1);
        }

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().lookupsByExternalId()).isZero();
        assertThat(console.lines("may have been created")).isEmpty();
        assertThat(house.files("failed")).isEmpty();
    }
}
