package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.NotPossible;
import dev.klingroutes.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person does to the folders and tasks: nothing that is paid or unclear is bought again. */
class BackToInboxTest {
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

    private void open(String faults, String... settings) throws Exception {
        sandbox = Sandbox.start(QUICK.withFaults(faults));
        house = new House(home, sandbox);
        for (int i = 0; i < settings.length; i += 2) {
            house.with(settings[i], settings[i + 1]);
        }
        house.open();
    }

    private Ledger ledger() {
        return house.camel().getRegistry().lookupByNameAndType("klingLedger", Ledger.class);
    }

    private Task task(String name) {
        try {
            return new Listing(ledger()).one(name).task();
        } catch (NotPossible e) {
            throw new AssertionError(e);
        }
    }

    private void move(Path from, String name) throws IOException {
        Files.move(from, house.inbox(name));
    }

    /** Long enough for several looks into the inbox, each of which would have bought. */
    private void nothingMoreIsBought(long created) {
        House.soon().pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(sandbox.stats().created()).isEqualTo(created);
    }

    @Test
    void a_refused_file_is_bought_when_it_comes_back_corrected() throws Exception {
        open("");
        house.drop("cat.json", "{\"prompt\":\"a cat\",\"mood\":\"std\"}");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.failed("cat.json")).exists());
        assertThat(sandbox.stats().createsReceived()).isZero();

        Files.writeString(house.failed("cat.json"), "{\"prompt\":\"a cat\",\"mode\":\"std\"}");
        move(house.failed("cat.json"), "cat.json");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(sandbox.stats().created()).isEqualTo(1);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void the_prompt_of_a_failed_task_buys_another_task() throws Exception {
        open("task.fail=1x");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.failed("cat.txt")).exists());

        move(house.failed("cat.txt"), "cat.txt");

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(1));
        assertThat(sandbox.tasks())
                .extracting(SandboxTask::prompt)
                .containsExactly("a cat", "a cat");
        assertThat(house.state("cat")).isEqualTo("FAILED");
    }

    @Test
    void error_files_and_sidecars_are_no_prompts() throws Exception {
        open("task.fail=1x");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        house.drop("dog.txt", "a dog");
        soon(() -> assertThat(house.outbox("dog.json")).exists());

        move(house.failed("cat.error.json"), "cat.error.json");
        move(house.outbox("dog.json"), "dog.json");
        move(house.outbox("dog.mp4"), "dog.mp4");

        nothingMoreIsBought(2);
        assertThat(house.files("inbox")).contains("cat.error.json", "dog.json", "dog.mp4");
    }

    @Test
    void what_is_unclear_leaves_no_prompt_to_move_back() throws Exception {
        open("create.lose-request=1x");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.files("failed")).containsExactly("cat.error.json");

        move(house.failed("cat.error.json"), "cat.error.json");

        nothingMoreIsBought(0);
        assertThat(house.state("cat")).isEqualTo("UNCERTAIN");
    }

    @Test
    void an_accepted_file_buys_new_tasks_beside_the_old_ones() throws Exception {
        open("");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.outbox("cat.json")).exists());

        move(house.accepted("cat.txt"), "cat.txt");

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        assertThat(sandbox.stats().created()).isEqualTo(2);
        assertThat(house.files("outbox")).hasSize(4).contains("cat.mp4", "cat.json");
    }

    @Test
    void a_retried_task_takes_its_files_back_from_failed() throws Exception {
        open("task.fail=1x");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.failed("cat.txt")).exists());
        soon(() -> assertThat(house.owes("cat")).isEqualTo("written"));

        new ByHand(ledger()).retry(task("cat"));

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        soon(() -> assertThat(house.files("failed")).isEmpty());
        assertThat(sandbox.stats().created()).isEqualTo(2);
        assertThat(sandbox.stats().duplicatesRefused()).isZero();
    }

    @Test
    void a_task_that_was_cancelled_while_it_was_sent_is_found_and_not_bought_again()
            throws Exception {
        open("create.slow=1x,slow-ms=600", "kling.submit.deadline", "5s");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("SUBMITTING"));
        soon(() -> assertThat(sandbox.stats().createsReceived()).isEqualTo(1));

        new ByHand(ledger()).cancel(task("cat"));

        // its answer comes all the same
        soon(() -> assertThat(house.task("cat").taskId()).isNotNull());
        assertThat(house.state("cat")).isEqualTo("CANCELLED");
        assertThat(house.task("cat").taskId()).isEqualTo(sandbox.tasks().get(0).taskId());
        new ByHand(ledger()).retry(task("cat"));
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void a_task_that_was_cancelled_and_retried_while_it_was_sent_is_not_bought_again()
            throws Exception {
        open("create.slow=1x,slow-ms=600", "kling.submit.deadline", "5s");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("SUBMITTING"));

        new ByHand(ledger()).cancel(task("cat"));
        new ByHand(ledger()).retry(task("cat"));

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        soon(() -> assertThat(house.files("failed")).isEmpty());
    }

    @Test
    void what_no_budget_allows_fails_with_its_reason_and_its_prompt() throws Exception {
        open("", "kling.budget.per-task", "0.10");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("cat.txt")).hasContent("a cat"));
        assertThat(house.state("cat")).isEqualTo("FAILED");
        assertThat(house.error("cat").path("code").asText()).isEqualTo("budget");
        assertThat(house.error("cat").path("message").asText())
                .isEqualTo("it would cost $0.42; the budget is $0.10 a task");
        assertThat(sandbox.stats().createsReceived()).isZero();
    }
}
