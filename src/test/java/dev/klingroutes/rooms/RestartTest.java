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

/** Stopped in the middle, the house goes on where it was. */
class RestartTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private void open(SandboxSettings settings) throws Exception {
        sandbox = Sandbox.start(settings.withInFlight(0));
        house = new House(home, sandbox).open();
    }

    private void restart() throws Exception {
        house.close();
        house.open();
    }

    @Test
    void what_was_rendering_is_delivered_by_the_next_one() throws Exception {
        open(SandboxSettings.defaults().withRender(Duration.ofMillis(900)));
        house.drop("ten.jsonl", "{\"prompt\":\"x\"}\n".repeat(10));
        soon(() -> assertThat(house.tasks("SUBMITTED")).isPositive());

        restart();
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(10));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(10);
        assertThat(house.files("outbox")).hasSize(20);
    }

    @Test
    void what_was_accepted_is_bought_by_the_next_one() throws Exception {
        open(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        sandbox.misbehave("create.1302");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.task("cat").code()).isEqualTo("1302"));
        house.close();
        sandbox.misbehave("");

        house.open();
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(sandbox.stats().created()).isEqualTo(1);
    }

    /** As a process leaves it that dies between its create call and the reply. */
    private void cutOff() throws Exception {
        open(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        house.close();
        house.pretend(
                "update kling_task set state = 'SUBMITTING', task_id = null, claimed = 1,"
                        + " succeeded_at = null, submitted_at = null");
    }

    @Test
    void a_create_that_was_cut_off_by_the_end_is_looked_up_and_not_sent_again() throws Exception {
        cutOff();

        house.open();
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().lookupsByExternalId()).isEqualTo(1);
    }

    @Test
    void a_create_that_was_cut_off_is_not_sent_again_because_the_provider_cannot_be_reached()
            throws Exception {
        cutOff();
        int port = sandbox.port();
        sandbox.close();

        house.open();
        soon(() -> assertThat(house.state("cat")).isNotEqualTo("SUBMITTING"));
        assertThat(house.state("cat")).isEqualTo("UNCERTAIN");

        sandbox = Sandbox.start(SandboxSettings.defaults().withPort(port));
        house.hurry("UNCERTAIN");
        soon(() -> assertThat(sandbox.stats().lookupsByExternalId()).isPositive());
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    @Test
    void a_video_that_was_published_before_the_end_is_not_fetched_again() throws Exception {
        open(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        house.close();
        java.nio.file.Files.delete(house.outbox("cat.json"));
        house.pretend("update kling_task set state = 'SUCCEEDED', claimed = 1, due_at = 0");

        house.open();
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(house.files("outbox")).containsExactly("cat.json", "cat.mp4");
        assertThat(sandbox.stats().downloads()).isEqualTo(1);
    }
}
