package dev.klingroutes.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.Stats;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More tasks than the provider takes, and a limit that was set too high. */
class InFlightTest {
    private static final int PROMPTS = 1_000;

    @TempDir Path home;

    @Test
    void a_limit_that_is_set_too_high_is_learned_at_the_price_of_few_refusals() throws Exception {
        SandboxSettings five =
                SandboxSettings.defaults().withRender(Duration.ofMillis(40)).withInFlight(5);
        try (Sandbox sandbox = Sandbox.start(five);
                House house =
                        new House(home, sandbox)
                                .with("kling.submit.in-flight", "20")
                                .with("kling.watch.first-look", "50ms")
                                .with("kling.watch.every", "50ms")
                                .open()) {
            house.drop("shots.jsonl", "{\"prompt\":\"x\"}\n".repeat(PROMPTS));

            House.soon()
                    .atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> house.tasks("DELIVERED") == PROMPTS);

            Stats stats = sandbox.stats();
            System.out.printf(
                    "%d creates, %d refused by 1303%n",
                    stats.createsReceived(), stats.limitRefused());
            assertThat(stats.created()).isEqualTo(PROMPTS);
            assertThat(stats.limitRefused()).isBetween(1L, stats.createsReceived() / 20);
            assertThat(house.tasks("FAILED")).isZero();
            assertThat(house.files("failed")).isEmpty();
        }
    }
}
