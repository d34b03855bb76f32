package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Ledger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock jumps by an hour while tasks are everywhere between the inbox and the outbox. */
class ClockJumpFlowTest {
    private static final int PROMPTS = 30;

    @TempDir Path home;

    private House house;
    private Sandbox provider;

    @AfterEach
    void close() {
        house.close();
        provider.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void everything_goes_on(int hours) throws Exception {
        provider =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofSeconds(1))
                                .withFaults("create.slow=0.3,download.slow=0.3,slow-ms=500"));
        house = new House(home, provider).with("kling.submit.in-flight", "10").open();
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int i = 0; i < PROMPTS; i++) {
            csv.append("a cup number ").append(i).append('\n');
        }
        house.drop("cups.csv", csv.toString());
        soon(() -> assertThat(house.tasks("SUBMITTED")).isPositive());
        soon(() -> assertThat(house.tasks("DELIVERED")).isPositive());

        jump(hours);

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(PROMPTS));
        assertThat(provider.stats().createsReceived()).isEqualTo(PROMPTS);
        soon(() -> assertThat(house.files("failed")).isEmpty());
    }

    /**
     * All that is written is as much earlier as the clock is later; the clock of task-clock sees
     * it.
     */
    private void jump(int hours) throws SQLException {
        StringBuilder sql = new StringBuilder("update kling_task set looks = looks");
        for (String column :
                List.of("due_at", "was_due", "in_flight_until", "submitted_at", "report_at")) {
            sql.append(", %s = %s - %d".formatted(column, column, hours * 3_600_000L));
        }
        house.pretend(sql.toString());
        house.bean("klingLedger", Ledger.class).thaw();
    }
}
