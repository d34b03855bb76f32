package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.SandboxTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the application over and over, some of the time while it buys and some while it downloads,
 * and then asks what was paid, what came of it, and what lies about. The same moments again: {@code
 * mvn verify -Dit.test=KillIT -Dkill.seed=…}
 */
class KillIT {
    private static final Duration REST = Duration.ofSeconds(60);
    private static Path classes;

    @TempDir Path home;
    private KillRun run;

    @BeforeAll
    static void readClasses(@TempDir Path folder) throws Exception {
        classes = KillRun.readClasses(folder);
    }

    @BeforeEach
    void begin() {
        run = new KillRun(home, classes, 200, Map.of());
    }

    @AfterEach
    void end() {
        run.close();
    }

    @Test
    void nothingIsBoughtTwiceAndEverythingBoughtIsDelivered() throws Exception {
        run.startProvider(true, Duration.ofSeconds(1));
        run.killTimes(25);
        run.comeToRest(REST);

        run.nothingWasBoughtTwice();
        assertThat(run.states())
                .as("what the provider never saw is unclear, all else is delivered")
                .isEqualTo(run.expected(run.provider().tasks().size()));
        assertThat(run.console()).contains("was created after all");
        run.theseAreDeliveredWhole(
                run.provider().tasks().stream().map(SandboxTask::taskId).toList());
        run.everyUnclearTaskHasItsErrorFile();
        run.nothingLiesAbout();
        run.theKeyIsNowhere();
    }

    @Test
    void whatIsUnclearStaysUnclearWhereNothingCanBeLookedUp() throws Exception {
        run.startProvider(false, Duration.ofSeconds(1));
        run.killTimes(10);
        run.comeToRest(REST);

        run.nothingWasBoughtTwice();
        List<String> known =
                run.column("select task_id from kling_task where task_id is not null order by id");
        assertThat(run.states()).isEqualTo(run.expected(known.size()));
        assertThat(run.states()).containsKey("UNCERTAIN");
        assertThat(run.provider().tasks()).extracting(SandboxTask::taskId).containsAll(known);
        run.theseAreDeliveredWhole(known);
        run.everyUnclearTaskHasItsErrorFile();
        run.nothingLiesAbout();
        run.theKeyIsNowhere();
    }
}
