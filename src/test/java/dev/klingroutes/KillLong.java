package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.SandboxTask;
import dev.klingroutes.sandbox.Stats;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KillIT} for longer, and with two nodes: {@code mvn -Plong verify}. */
class KillLong {
    private static final int PROMPTS = 1_000;
    private static final int LIMIT = 20;
    private static Path classes;

    @TempDir Path home;

    @BeforeAll
    static void readClasses(@TempDir Path folder) throws Exception {
        classes = KillRun.readClasses(folder);
    }

    @Test
    void twoHundredKills() throws Exception {
        try (KillRun run = new KillRun(home, classes, PROMPTS, Map.of())) {
            long began = System.nanoTime();
            run.startProvider(true, Duration.ofSeconds(1));
            run.killTimes(200);
            run.comeToRest(Duration.ofMinutes(3));
            check(run, 200, began);
        }
    }

    /** What a killed node held is taken up by the other when its claim runs out. */
    @Test
    void twoNodesOfWhichOneIsKilledEveryTenSeconds() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start();
                KillRun run =
                        new KillRun(
                                home,
                                classes,
                                PROMPTS,
                                Map.of(
                                        "KLING_LEDGER_URL",
                                        server.getJdbcUrl("postgres", "postgres"),
                                        "KLING_SUBMIT_IN_FLIGHT",
                                        String.valueOf(LIMIT),
                                        // an unclear task gives its place free after it
                                        "KLING_WATCH_PATIENCE",
                                        "2m"))) {
            long began = System.nanoTime();
            run.startProvider(true, Duration.ofSeconds(2));
            run.killOneOf(2, 24, Duration.ofSeconds(10));
            run.comeToRest(Duration.ofMinutes(5));
            check(run, 24, began);
            assertThat(run.provider().stats().maxInFlight())
                    .as("at the provider at one time, by both nodes")
                    .isBetween(LIMIT / 2, LIMIT);
        }
    }

    private static void check(KillRun run, int kills, long began) throws Exception {
        Stats stats = run.provider().stats();
        System.out.printf(
                "kill run: %d prompts, %d kills in %d s: %d creates, %d downloads, most in flight"
                        + " %d, %s%n",
                PROMPTS,
                kills,
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                stats.createsReceived(),
                stats.downloads(),
                stats.maxInFlight(),
                run.states());
        run.nothingWasBoughtTwice();
        assertThat(run.states()).isEqualTo(run.expected(run.provider().tasks().size()));
        run.theseAreDeliveredWhole(
                run.provider().tasks().stream().map(SandboxTask::taskId).toList());
        run.everyUnclearTaskHasItsErrorFile();
        run.nothingLiesAbout();
        run.theKeyIsNowhere();
    }
}
