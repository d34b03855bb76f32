package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call is answered with rubbish of another kind, and all goes on when that is over. */
class RubbishFlowTest {
    private static final int PROMPTS = 20;

    @TempDir Path home;

    @Test
    void tasks_wait_and_each_is_bought_once() throws Exception {
        try (Sandbox sandbox =
                        Sandbox.start(
                                SandboxSettings.defaults()
                                        .withInFlight(0)
                                        .withRender(Duration.ofMillis(100)));
                RubbishProvider provider = new RubbishProvider(sandbox);
                House house =
                        new House(home, provider.url())
                                .with("kling.submit.deadline", "1s")
                                .with("kling.watch.deadline", "1s")
                                .with("kling.submit.probe", "1s")
                                .open()) {
            StringBuilder csv = new StringBuilder("prompt\n");
            for (int i = 0; i < PROMPTS; i++) {
                csv.append("a cup number ").append(i).append('\n');
            }
            house.drop("cups.csv", csv.toString());

            soon().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(provider.creates()).isGreaterThan(7));
            soon(() -> assertThat(house.tasks("UNCERTAIN")).isGreaterThanOrEqualTo(6));
            assertThat(
                            house.tasks("ACCEPTED")
                                    + house.tasks("SUBMITTING")
                                    + house.tasks("UNCERTAIN"))
                    .as("nothing ends, nothing goes on")
                    .isEqualTo(PROMPTS);
            assertThat(provider.calls()).isLessThan(6 * PROMPTS);

            provider.recovers();
            soon().atMost(Duration.ofMinutes(2))
                    .untilAsserted(
                            () -> {
                                house.hurry("UNCERTAIN");
                                assertThat(house.tasks("DELIVERED")).isEqualTo(PROMPTS);
                            });
            assertThat(sandbox.stats().createsReceived()).isEqualTo(PROMPTS);
        }
    }
}
