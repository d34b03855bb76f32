package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rooms do to the application that they are guests of: nothing. */
class GuestTest {
    @TempDir Path home;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(150))
                                .withInFlight(0));
    }

    @AfterEach
    void close() throws Exception {
        sandbox.close();
    }

    @Test
    void a_malformed_setting_stops_the_host_before_anything_is_made() {
        House house =
                new House(home, sandbox)
                        .with("kling.watch.every", "abc")
                        .with("kling.budget.per-dya", "5");

        assertThatThrownBy(house::open)
                .hasStackTraceContaining(CannotStart.class.getName())
                .hasStackTraceContaining("kling.watch.every is \"abc\": it must be a time such as")
                .hasStackTraceContaining(
                        "kling.budget.per-dya is no setting; did you mean kling.budget.per-day?");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void without_a_key_the_host_starts_and_its_tasks_wait() throws Exception {
        sandbox.misbehave("create.401=1");
        try (House house = new House(home, sandbox).without("COMETAPI_KEY").open()) {
            house.drop("cat.txt", "a cat");

            soon(
                    () ->
                            assertThat(house.value("select closed_message from kling_gate"))
                                    .isNotBlank());
            assertThat(house.state("cat")).isEqualTo("ACCEPTED");
        }
    }

    @Test
    void two_contexts_in_one_process_do_not_meet() throws Exception {
        try (Sandbox other =
                        Sandbox.start(
                                SandboxSettings.defaults()
                                        .withRender(Duration.ofMillis(150))
                                        .withInFlight(0));
                House one = new House(home.resolve("one"), sandbox).open();
                House two = new House(home.resolve("two"), other).open()) {
            one.drop("cat.txt", "a cat of one");
            two.drop("cat.txt", "a cat of two");
            two.drop("dog.txt", "a dog of two");

            soon(() -> assertThat(one.tasks("DELIVERED")).isEqualTo(1));
            soon(() -> assertThat(two.tasks("DELIVERED")).isEqualTo(2));
            one.camel().stop();
            two.drop("cow.txt", "a cow of two");
            soon(() -> assertThat(two.tasks("DELIVERED")).isEqualTo(3));

            assertThat(one.files("outbox")).containsExactly("cat.json", "cat.mp4");
            assertThat(sandbox.tasks())
                    .extracting(SandboxTask::prompt)
                    .containsExactly("a cat of one");
            assertThat(other.tasks())
                    .extracting(SandboxTask::prompt)
                    .containsExactlyInAnyOrder("a cat of two", "a dog of two", "a cow of two");
        }
    }

    @Test
    void a_context_that_is_suspended_goes_on_when_it_is_resumed() throws Exception {
        try (House house = new House(home, sandbox).open()) {
            house.drop("cat.txt", "a cat");
            house.camel().suspend();
            house.drop("dog.txt", "a dog");
            house.camel().resume();

            soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        }
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
    }
}
