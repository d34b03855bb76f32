package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskSubmitTest {
    private static final SandboxSettings QUICK =
            SandboxSettings.defaults().withRender(Duration.ofMillis(100)).withInFlight(0);

    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @AfterEach
    void close() {
        house.close();
        if (sandbox != null) {
            sandbox.close();
        }
    }

    private void open(SandboxSettings settings) throws Exception {
        sandbox = Sandbox.start(settings);
        house = new House(home, sandbox).with("kling.submit.deadline", "2s").open();
    }

    /** The paid calls that may not be repeated: one for each prompt. */
    private void isBoughtOnce(String... prompts) {
        assertThat(sandbox.tasks()).extracting(SandboxTask::prompt).containsExactly(prompts);
    }

    @Test
    void what_the_provider_does_not_take_now_is_bought_later_and_once() throws Exception {
        open(QUICK.withFaults("create.1302=1x,create.1303=1x,create.1302=1x"));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        isBoughtOnce("a cat");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(4);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void more_prompts_than_the_provider_takes_wait_for_their_turn() throws Exception {
        sandbox = Sandbox.start(QUICK.withInFlight(2));
        house = new House(home, sandbox).with("kling.submit.in-flight", "2").open();
        house.drop("six.jsonl", "{\"prompt\":\"x\"}\n".repeat(6));

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(6));
        assertThat(sandbox.stats().created()).isEqualTo(6);
        assertThat(sandbox.stats().maxInFlight()).isEqualTo(2);
    }

    @Test
    void a_provider_that_cannot_be_reached_is_waited_for() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Console console = new Console();
        house = new House(home, "http://127.0.0.1:" + port).open();
        house.drop("cat.txt", "a cat");
        house.drop("dog.txt", "a dog");

        soon(() -> assertThat(house.task("cat").code()).isEqualTo("not-sent"));
        soon(() -> assertThat(house.task("dog").code()).isEqualTo("not-sent"));
        assertThat(house.state("cat")).isIn("ACCEPTED", "SUBMITTING");
        assertThat(console.lines("trouble with the provider")).hasSize(1);

        sandbox = Sandbox.start(QUICK.withPort(port));
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
        assertThat(console.lines("the provider answers again")).hasSize(1);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void a_create_that_may_have_happened_is_looked_up_and_adopted() throws Exception {
        List<String> unclear =
                List.of(
                        "lose-reply",
                        "500-created",
                        "504-created",
                        "524-created",
                        "garbage",
                        "empty",
                        "no-task-id");
        open(QUICK.withFaults("create." + String.join("=1x,create.", unclear) + "=1x"));
        for (int i = 0; i < unclear.size(); i++) {
            house.drop("cat" + i + ".txt", "cat " + i);
        }

        soon(() -> assertThat(house.tasks("UNCERTAIN")).isPositive());
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(unclear.size()));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(unclear.size());
        assertThat(sandbox.stats().created()).isEqualTo(unclear.size());
        assertThat(sandbox.stats().duplicatesRefused()).isZero();
        soon(() -> assertThat(house.files("failed")).isEmpty());
    }

    @Test
    void a_create_whose_reply_is_too_late_is_adopted() throws Exception {
        sandbox = Sandbox.start(QUICK.withFaults("create.slow=1x,slow-ms=900"));
        house = new House(home, sandbox).with("kling.submit.deadline", "300ms").open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.task("cat").code()).isEqualTo("no-answer"));
        assertThat(house.task("cat").message()).contains("no answer within PT0.3S");
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        isBoughtOnce("a cat");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void a_create_that_left_no_trace_is_never_sent_again() throws Exception {
        List<String> unclear =
                List.of("lose-request", "500", "503", "504", "502-html", "524-html", "1201");
        open(QUICK.withFaults("create." + String.join("=1x,create.", unclear) + "=1x"));
        for (int i = 0; i < unclear.size(); i++) {
            house.drop("cat" + i + ".txt", "cat " + i);
        }

        soon(() -> assertThat(sandbox.stats().lookupsByExternalId()).isGreaterThanOrEqualTo(12));
        int refused = house.tasks("FAILED");
        assertThat(house.tasks("UNCERTAIN") + refused).isEqualTo(unclear.size());
        assertThat(refused).isLessThanOrEqualTo(1);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(unclear.size());
        assertThat(sandbox.tasks()).isEmpty();
        for (int i = 0; i < unclear.size(); i++) {
            if (house.state("cat" + i).equals("UNCERTAIN")) {
                assertThat(house.error("cat" + i).path("state").asText()).isEqualTo("UNCERTAIN");
                assertThat(house.error("cat" + i).path("external_task_id").asText())
                        .isEqualTo(house.task("cat" + i).externalId());
                assertThat(house.error("cat" + i).path("what_to_do").asText())
                        .contains("not sent again");
                // what is unclear is not for dropping again
                assertThat(house.failed("cat" + i + ".txt")).doesNotExist();
            }
        }
    }

    @Test
    void a_task_found_without_our_name_is_ours_if_not_everything_is_found() throws Exception {
        open(QUICK.withFaults("create.lose-reply=1x,lookup.no-task-info"));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(sandbox.stats().lookupsByExternalId()).isEqualTo(2);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void a_task_found_where_everything_is_found_is_not_ours() throws Exception {
        sandbox = Sandbox.start(QUICK);
        house = new House(home, sandbox).open();
        house.drop("other.txt", "another's");
        soon(() -> assertThat(house.outbox("other.json")).exists());
        sandbox.misbehave("create.lose-request=1x,lookup.any-task");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.state("cat")).isEqualTo("UNCERTAIN"));
        soon(() -> assertThat(sandbox.stats().lookupsByExternalId()).isGreaterThanOrEqualTo(2));
        House.soon().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(house.state("cat")).isEqualTo("UNCERTAIN");
        assertThat(house.task("cat").taskId()).isNull();
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1200", "1203", "1301", "gateway-500"})
    void a_refusal_is_final_and_gives_the_prompt_back(String refusal) throws Exception {
        open(QUICK.withFaults("create." + refusal + "=1x"));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("cat.txt")).hasContent("a cat"));
        assertThat(house.state("cat")).isEqualTo("FAILED");
        assertThat(house.error("cat").path("what_to_do").asText()).contains("Nothing was bought");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void a_create_that_is_answered_as_failed_is_final() throws Exception {
        open(QUICK.withFaults("create.failed=1x"));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.failed("cat.txt")).exists());
        assertThat(house.state("cat")).isEqualTo("FAILED");
        assertThat(house.error("cat").path("message").asText()).contains("risk control");
        assertThat(house.error("cat").path("task_id").asText())
                .isEqualTo(sandbox.tasks().get(0).taskId());
        assertThat(sandbox.stats().looks()).isZero();
    }

    @Test
    void a_wrong_key_makes_all_wait_and_is_told_in_one_line() throws Exception {
        Console console = new Console();
        sandbox = Sandbox.start(QUICK.withFaults("create.401"));
        house = new House(home, sandbox).with("kling.submit.probe", "600ms").open();
        house.drop("six.jsonl", "{\"prompt\":\"x\"}\n".repeat(6));

        soon(() -> assertThat(console.lines("check COMETAPI_KEY")).hasSize(1));
        house.drop("later.txt", "x");
        soon(() -> assertThat(house.state("later")).isEqualTo("ACCEPTED"));
        long before = sandbox.stats().createsReceived();
        soon(() -> assertThat(sandbox.stats().createsReceived()).isGreaterThan(before));
        assertThat(sandbox.stats().createsReceived()).isLessThan(before + 4);
        assertThat(house.tasks("ACCEPTED") + house.tasks("SUBMITTING")).isEqualTo(7);
        assertThat(console.lines("the provider takes no tasks now")).hasSize(1);
        assertThat(house.files("failed")).isEmpty();

        sandbox.misbehave("");
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(7));
        assertThat(sandbox.stats().created()).isEqualTo(7);
        assertThat(console.lines("the account is open again")).hasSize(1);
    }

    @Test
    void while_the_account_is_closed_watching_and_downloading_go_on() throws Exception {
        sandbox = Sandbox.start(QUICK.withRender(Duration.ofMillis(1_500)));
        house = new House(home, sandbox).with("kling.submit.probe", "300ms").open();
        house.drop("paid.txt", "paid");
        soon(() -> assertThat(house.state("paid")).isEqualTo("SUBMITTED"));
        sandbox.misbehave("create.1102");
        house.drop("later.txt", "later");
        soon(() -> assertThat(house.task("later").code()).isEqualTo("1102"));

        soon(() -> assertThat(house.state("paid")).isEqualTo("DELIVERED"));
        assertThat(house.state("later")).isIn("ACCEPTED", "SUBMITTING");
        assertThat(house.files("failed")).isEmpty();

        sandbox.misbehave("");
        soon(() -> assertThat(house.state("later")).isEqualTo("DELIVERED"));
    }

    @Test
    void a_prompt_that_is_refused_while_the_account_is_closed_keeps_nobody_waiting()
            throws Exception {
        sandbox = Sandbox.start(QUICK.withFaults("create.1102=1x,create.1301=2x"));
        house = new House(home, sandbox).with("kling.submit.probe", "2s").open();
        house.drop("first.txt", "first");
        soon(() -> assertThat(house.task("first").code()).isEqualTo("1102"));
        house.drop("three.jsonl", "{\"prompt\":\"x\"}\n".repeat(3));

        soon(() -> assertThat(house.tasks("FAILED")).isEqualTo(2));
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
    }

    @Test
    void a_create_that_left_no_trace_is_sent_once_more_where_that_is_wanted() throws Exception {
        Console console = new Console();
        sandbox = Sandbox.start(QUICK.withFaults("create.lose-request=2x"));
        house = new House(home, sandbox).with("kling.submit.uncertain", "resend").open();
        house.drop("two.jsonl", "{\"prompt\":\"x\"}\n".repeat(2));

        soon(() -> assertThat(house.tasks("UNCERTAIN")).isEqualTo(2));
        sandbox.misbehave("create.lose-request=1x");
        soon(
                () -> {
                    house.hurry("UNCERTAIN");
                    assertThat(house.tasks("DELIVERED")).isEqualTo(1);
                });
        assertThat(console.lines("is sent once more under the same id")).hasSize(2);
        for (int lookups = 0; lookups < 10; lookups++) {
            long before = sandbox.stats().lookupsByExternalId();
            soon(
                    () -> {
                        house.hurry("UNCERTAIN");
                        assertThat(sandbox.stats().lookupsByExternalId()).isGreaterThan(before);
                    });
        }
        assertThat(house.tasks("UNCERTAIN")).isEqualTo(1);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(4);
    }

    @Test
    void without_room_on_the_ledgers_disk_nothing_is_bought() throws Exception {
        Console console = new Console();
        sandbox = Sandbox.start(QUICK);
        house = new House(home, sandbox).with("kling.ledger.min-free", "900TB").open();
        house.drop("two.jsonl", "{\"prompt\":\"x\"}\n".repeat(2));

        soon(() -> assertThat(console.lines("nothing is bought until")).hasSize(1));
        assertThat(sandbox.stats().createsReceived()).isZero();
        assertThat(house.tasks("ACCEPTED")).isEqualTo(2);
    }
}
