package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskWatchTest {
    private static final SandboxSettings QUICK =
            SandboxSettings.defaults().withRender(Duration.ofMillis(100)).withInFlight(0);

    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private void open(String faults) throws Exception {
        sandbox = Sandbox.start(QUICK.withFaults(faults));
        house = new House(home, sandbox).with("kling.watch.deadline", "400ms").open();
    }

    @Test
    void a_look_that_says_processing_is_followed_by_another_and_nothing_else() throws Exception {
        sandbox = Sandbox.start(QUICK.withRender(Duration.ofMillis(1200)));
        house = new House(home, sandbox).open();
        Console console = new Console();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(console.lines("delivered")).hasSize(1));
        assertThat(sandbox.tasks().get(0).looks()).isBetween(2, 14);
        assertThat(house.task("cat").looks()).isEqualTo(sandbox.tasks().get(0).looks());
        assertThat(console.lines("cat  "))
                .extracting(line -> line.replaceAll("INFO cat  (\\w+).*", "$1"))
                .containsExactly("accepted", "submitted", "rendered", "downloaded", "delivered");
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void a_look_without_a_good_answer_says_nothing_about_the_task() throws Exception {
        open(
                "look.500=1x,look.502-html=1x,look.garbage=1x,look.empty=1x,look.401=1x,"
                        + "look.1302=1x,look.not-found=1x,look.redirect=1x,look.lose-reply=1x,"
                        + "look.slow=1x,slow-ms=900");
        for (int i = 0; i < 10; i++) {
            house.drop("cat" + i + ".txt", "a cat");
        }

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(10));
        assertThat(sandbox.stats().faults()).hasSize(10);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(10);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void every_shape_of_a_good_answer_is_understood() throws Exception {
        open("look.unknown-status=1x,look.wrapped=1x,look.bare=1x,look.succeeded-word=1x");
        for (int i = 0; i < 4; i++) {
            house.drop("cat" + i + ".txt", "a cat");
        }

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(4));
        assertThat(sandbox.stats().faults()).hasSize(4);
    }

    @Test
    void a_provider_that_stays_away_is_told_and_the_telling_goes_when_it_is_back()
            throws Exception {
        Console console = new Console();
        sandbox = Sandbox.start(QUICK.withRender(Duration.ofSeconds(6)).withFaults("look.503"));
        house = new House(home, sandbox).open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.error("cat").path("state").asText()).isEqualTo("SUBMITTED");
        assertThat(house.error("cat").path("message").asText()).contains("HTTP 503");
        assertThat(house.failed("cat.txt")).doesNotExist();
        sandbox.misbehave("");
        soon(() -> assertThat(house.files("failed")).isEmpty());
        assertThat(house.state("cat")).isEqualTo("SUBMITTED");
        assertThat(console.lines("a look was not answered")).hasSize(1);
        assertThat(console.lines("the provider answers again")).hasSize(1);
    }

    @Test
    void a_task_that_outlasts_our_patience_is_overdue_and_watched_on() throws Exception {
        sandbox = Sandbox.start(QUICK.withRender(Duration.ofMillis(2500)));
        house = new House(home, sandbox).with("kling.watch.patience", "300ms").open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.state("cat")).isEqualTo("OVERDUE"));
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.error("cat").path("state").asText()).isEqualTo("OVERDUE");
        assertThat(house.failed("cat.txt")).doesNotExist();
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.files("failed")).isEmpty());
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }
}
