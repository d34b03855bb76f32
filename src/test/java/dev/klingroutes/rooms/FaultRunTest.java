package dev.klingroutes.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many prompts, and everything that may happen to a create call at random. */
class FaultRunTest {
    private static final int PROMPTS = 200;
    private static final long SEED = Long.getLong("fault.seed", System.nanoTime());

    /** Long enough that a part of the request is still on its way when it is reset. */
    private static final String LONG = "\u732b".repeat(2_400);

    private static final String FAULTS =
            """
            create.lose-reply=0.08, create.lose-request=0.05, create.reset=0.05,
            create.500=0.05, create.500-created=0.06, create.garbage=0.06, create.empty=0.03,
            create.502-html=0.05, create.slow=0.06, create.1301=0.03, slow-ms=900
            """;

    @TempDir Path home;

    @ParameterizedTest
    @CsvSource({"park,true", "park,false", "resend,true", "resend,false"})
    void no_prompt_is_bought_twice_and_none_that_was_bought_fails(String how, boolean lookups)
            throws Exception {
        System.out.println("fault.seed=" + SEED);
        SandboxSettings settings =
                SandboxSettings.defaults()
                        .withRender(Duration.ofMillis(50))
                        .withInFlight(0)
                        .withExternalIdLookups(lookups)
                        .withSeed(SEED)
                        .withFaults(FAULTS);
        try (Sandbox sandbox = Sandbox.start(settings);
                House house =
                        new House(home, sandbox)
                                .with("kling.submit.uncertain", how)
                                .with("kling.submit.deadline", "500ms")
                                .with("kling.submit.in-flight", "300")
                                .with("kling.submit.workers", "16")
                                .open()) {
            house.drop("p.jsonl", prompts());
            House.soon()
                    .atMost(Duration.ofSeconds(180))
                    .untilAsserted(
                            () -> {
                                house.hurry("UNCERTAIN");
                                assertThat(house.tasks()).isEqualTo(PROMPTS);
                                assertThat(unfinished(house, how)).isEmpty();
                                if (lookups) {
                                    // a slow create may come after the look-ups that were hurried
                                    assertThat(house.tasks("DELIVERED"))
                                            .isEqualTo(sandbox.tasks().size());
                                }
                            });

            everyPromptIsBoughtOnce(sandbox, house, lookups);
            assertThat(sandbox.stats().faults()).hasSize(10);
            if (how.equals("park")) {
                assertThat(sandbox.stats().createsReceived()).isEqualTo(PROMPTS);
            } else if (!lookups) {
                assertThat(sandbox.stats().duplicatesRefused()).isPositive();
                assertThat(house.tasksWhere("decision = 'exists'")).isPositive();
            }
        }
    }

    /** What still moves, or has not been looked up, or sent, as often as it will be. */
    private static String unfinished(House house, String how) {
        String settled =
                how.equals("park") ? "failures > 6" : "failures > 2 and resent_at is not null";
        return house.value(
                "select coalesce(group_concat(left_over), '') from (select stem || ' ' || state || ' '"
                        + " || failures as left_over from kling_task"
                        + " where not (state in ('DELIVERED', 'FAILED') or state = 'UNCERTAIN' and "
                        + settled
                        + "))");
    }

    private static void everyPromptIsBoughtOnce(Sandbox sandbox, House house, boolean lookups) {
        assertThat(sandbox.tasks()).extracting(SandboxTask::prompt).doesNotHaveDuplicates();
        assertThat(sandbox.tasks()).extracting(SandboxTask::externalTaskId).doesNotHaveDuplicates();
        assertThat(sandbox.stats().createsReceived())
                .isEqualTo(PROMPTS + house.tasksWhere("resent_at is not null"));
        for (SandboxTask bought : sandbox.tasks()) {
            String state = house.state(bought.prompt());
            if (lookups) {
                assertThat(state).as(bought.prompt()).isEqualTo("DELIVERED");
            } else {
                assertThat(state).as(bought.prompt()).isIn("DELIVERED", "UNCERTAIN");
            }
        }
        assertThat(house.tasksWhere("state = 'FAILED' and bought_day is not null")).isZero();
        assertThat(house.tasksWhere("state <> 'FAILED' and bought_day is null")).isZero();
        assertThat(house.tasks("DELIVERED")).isGreaterThan(PROMPTS / 3);
    }

    private static String prompts() {
        return IntStream.range(0, PROMPTS)
                .mapToObj(
                        i ->
                                """
                                {"prompt":"p%1$d","name":"p%1$d","negative_prompt":"%2$s"}
                                """
                                        .formatted(i, LONG))
                .collect(Collectors.joining());
    }
}
