package dev.klingroutes.failure;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.OVERDUE;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import dev.klingroutes.provider.Json;
import dev.klingroutes.provider.Submit;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorFilesTest {
    private final TestLedger test = TestLedger.on(TestLedger.On.SQLITE);
    private final ErrorFiles files = new ErrorFiles(test.ledger(), test.settings(), test.clock());
    private final Path failed = test.settings().folder("kling.failed.dir");

    @BeforeEach
    void folder() throws IOException {
        Files.createDirectories(failed);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void it_says_what_happened_and_what_to_do() throws IOException {
        Task task = test.claimed(SUBMITTING, "cat");
        refuse(task);

        assertThat(read("cat.error.json"))
                .containsEntry("schema", "kling-routes/error/1")
                .containsEntry("state", "FAILED")
                .containsEntry("code", "1301")
                .containsEntry("message", "risk control")
                .containsEntry("request_id", "r-1")
                .containsEntry("task_id", null)
                .containsEntry("external_task_id", task.externalId())
                .containsEntry("provider", TestLedger.ADDRESS)
                .containsEntry("source", "drop.csv")
                .containsEntry("row", 1)
                .containsEntry("written", "2026-11-22T10:00:00Z")
                .hasEntrySatisfying(
                        "what_to_do",
                        advice -> assertThat(advice.toString()).contains("Nothing was bought"));
        assertThat(test.find(task).report()).isEqualTo("written");
        assertThat(files.owing()).isEmpty();
    }

    @Test
    void it_says_what_the_create_was_answered_and_how_an_unclear_one_is_settled()
            throws IOException {
        Task task = test.claimed(SUBMITTING, "cat");
        test.ledger()
                .write(
                        task,
                        Move.to(UNCERTAIN)
                                .told("5000", "internal", "r-1")
                                .decided("unclear", "5000", "internal", "r-1")
                                .reported());
        settle();

        Map<String, Object> error = read("cat.error.json");
        assertThat(error.get("create"))
                .isEqualTo(
                        Map.of(
                                "decision",
                                "unclear",
                                "code",
                                "5000",
                                "message",
                                "internal",
                                "request_id",
                                "r-1"));
        assertThat(error).containsEntry("sent", "2026-11-22T10:00:00Z");
        String settle = "java -jar kling-routes.jar tasks settle " + task.id();
        assertThat(error.get("what_to_do").toString())
                .contains("It is not sent again.", "console", "external_task_id")
                .contains(settle + " --not-created", settle + " --task-id TASK_ID");
    }

    @Test
    void it_says_how_one_that_was_accepted_for_another_address_goes_on() throws IOException {
        Task task = test.claimed(ACCEPTED, "cat");
        Move waits = Move.again(Duration.ofHours(1)).told(Submit.OTHER_ADDRESS, "why", null);
        test.ledger().write(task, waits.reported());
        files.settle(files.owing().get(0));
        assertThat(read("cat.error.json").get("what_to_do").toString())
                .contains("kling.api.url", "tasks cancel " + task.id());

        test.later(Duration.ofHours(1));
        test.ledger().write(test.claim(ACCEPTED), waits.told("trouble", "why", null).reported());
        files.settle(files.owing().get(0));
        assertThat(read("cat.error.json").get("what_to_do").toString())
                .contains("tried again by itself");
    }

    @Test
    void that_file_goes_as_soon_as_the_address_is_set_back() throws IOException {
        for (String address : List.of(TestLedger.ADDRESS, "https://another.test")) {
            Task task = test.claimed(ACCEPTED);
            Move waits = Move.again(Duration.ofHours(1)).told(Submit.OTHER_ADDRESS, "why", null);
            test.ledger().write(task, waits.reported());
            test.sql(
                    "update kling_task set address = '%s' where id = '%s'"
                            .formatted(address, task.id()));
            settle();
        }

        test.restart();
        ErrorFiles after = new ErrorFiles(test.ledger(), test.settings(), test.clock());
        for (Task task : after.owing()) {
            after.settle(task);
        }

        assertThat(names()).hasSize(1);
        assertThat(
                        test.value(
                                String.class,
                                "select address from kling_task where code is not null"))
                .isEqualTo("https://another.test");
    }

    @Test
    void it_says_whether_an_unclear_one_is_sent_once_more() throws IOException {
        ErrorFiles resending =
                new ErrorFiles(
                        test.ledger(),
                        Settings.of(
                                Map.of(
                                        "kling.failed.dir",
                                        failed.toString(),
                                        "kling.submit.uncertain",
                                        "resend")),
                        test.clock());
        test.ledger().write(test.claimed(SUBMITTING, "cat"), Move.to(UNCERTAIN).reported());
        resending.settle(files.owing().get(0));
        assertThat(read("cat.error.json").get("what_to_do").toString())
                .contains("It is sent once more, under the same external_task_id")
                .doesNotContain("not sent again");

        test.gate().resend(test.claim(UNCERTAIN), null);
        test.later(test.ledger().lease());
        test.ledger().write(test.claim(SUBMITTING), Move.to(UNCERTAIN).reported());
        resending.settle(files.owing().get(0));
        assertThat(read("cat.error.json").get("what_to_do").toString())
                .contains("sent once more")
                .contains("is not sent again");
    }

    @Test
    void the_prompt_of_a_failed_row_lies_beside_it_with_all_its_parameters() throws IOException {
        refuse(test.claimed(SUBMITTING, "cat"));

        assertThat(read("cat.json")).isEqualTo(Map.of("kind", "text2video", "prompt", "a cat"));
    }

    @ParameterizedTest
    @CsvSource({"a/cat.txt,.txt", "a/CAT.MD,.md"})
    void the_prompt_of_a_failed_text_is_a_text_in_its_folder(String source, String ending)
            throws IOException {
        test.acceptance()
                .accept(
                        "d",
                        source,
                        "a",
                        List.of(
                                new Acceptance.Wanted(
                                        "cat", "text2video", "{\"prompt\":\"a cät\"}")),
                        stem -> false);
        Task task = test.claim(TaskState.ACCEPTED);
        test.ledger().write(task, Move.to(FAILED).reported());

        settle();

        assertThat(failed.resolve("a/cat" + ending)).hasContent("a cät");
        assertThat(failed.resolve("a/cat.error.json")).exists();
    }

    @Test
    void settling_again_after_a_crash_leaves_one_prompt() throws IOException {
        Task task = test.claimed(SUBMITTING, "cat");
        test.ledger().write(task, Move.to(FAILED).reported());
        Task owing = files.owing().get(0);

        files.settle(owing);
        files.settle(owing);

        assertThat(names()).containsExactlyInAnyOrder("cat.error.json", "cat.json");
    }

    @Test
    void what_a_killed_process_was_about_to_write_is_owed_after_the_start() {
        test.ledger().write(test.claimed(SUBMITTING, "cat"), Move.to(UNCERTAIN).reported());
        assertThat(files.owing()).hasSize(1);
        assertThat(files.owing()).isEmpty();

        test.restart();

        assertThat(test.ledger().owing(9)).hasSize(1);
    }

    @Test
    void what_a_killed_process_left_half_written_goes() throws IOException {
        test.ledger().write(test.claimed(SUBMITTING, "cat"), Move.to(UNCERTAIN).reported());
        Task task = files.owing().get(0);
        for (long claim = 0; claim <= task.claim(); claim++) {
            Files.createFile(Durable.part(failed, "cat.error.json", task, claim));
        }

        files.settle(task);

        assertThat(names()).containsExactly("cat.error.json");
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"UNCERTAIN", "OVERDUE", "SUCCEEDED"})
    void what_may_be_paid_gives_no_prompt_back(TaskState state) throws IOException {
        Task task = test.claimed(state, "cat");
        test.ledger().write(task, Move.again(java.time.Duration.ZERO).reported());

        settle();

        assertThat(names()).containsExactly("cat.error.json");
    }

    @Test
    void what_was_rendered_and_given_up_gives_no_prompt_back() throws IOException {
        test.ledger().write(test.claimed(SUCCEEDED, "cat"), Move.to(FAILED).reported());

        settle();

        assertThat(names()).containsExactly("cat.error.json");
    }

    @Test
    void it_goes_when_the_task_goes_on() throws IOException {
        test.ledger().write(test.claimed(SUBMITTED, "cat"), Move.to(OVERDUE).reported());
        settle();
        Task overdue = test.claim(OVERDUE);

        test.ledger().write(overdue, Move.to(SUCCEEDED).unreported(overdue));
        settle();

        assertThat(names()).isEmpty();
        assertThat(test.find(overdue).report()).isNull();
    }

    @Test
    void one_that_is_written_after_another_node_took_it_away_goes_too() throws IOException {
        test.ledger().write(test.claimed(SUBMITTED, "cat"), Move.to(OVERDUE).reported());
        Task late = files.owing().get(0);
        Task overdue = test.claim(OVERDUE);
        test.ledger().write(overdue, Move.to(SUCCEEDED).unreported(overdue));
        settle();

        files.settle(late);
        assertThat(names()).containsExactly("cat.error.json");
        settle();

        assertThat(names()).isEmpty();
        assertThat(files.owing()).isEmpty();
    }

    @Test
    void the_file_of_a_stranger_is_left_alone() throws IOException {
        Files.write(failed.resolve("cat.error.json"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.createDirectory(failed.resolve("cat.json"));
        Task task = test.claimed(SUBMITTING, "cat");
        String own = "cat~" + task.id().substring(0, 8);

        refuse(task);

        assertThat(failed.resolve("cat.error.json"))
                .hasBinaryContent(new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "cat.error.json", "cat.json", own + ".error.json", own + ".json");
    }

    @Test
    void one_that_had_to_step_aside_is_found_when_it_has_to_go() throws IOException {
        Path stranger = Files.writeString(failed.resolve("cat.error.json"), "mine");
        test.ledger().write(test.claimed(SUBMITTED, "cat"), Move.to(OVERDUE).reported());
        settle();
        Files.delete(stranger);
        Task overdue = test.claim(OVERDUE);

        test.ledger().write(overdue, Move.to(SUCCEEDED).unreported(overdue));
        settle();

        assertThat(names()).isEmpty();
    }

    @Test
    void a_later_report_replaces_the_earlier_one() throws IOException {
        test.ledger().write(test.claimed(SUBMITTING, "cat"), Move.to(UNCERTAIN).reported());
        settle();
        assertThat(read("cat.error.json")).containsEntry("state", "UNCERTAIN");

        test.ledger().write(test.claim(UNCERTAIN), Move.to(FAILED).reported());
        settle();

        assertThat(read("cat.error.json")).containsEntry("state", "FAILED");
    }

    private void refuse(Task task) throws IOException {
        test.ledger().write(task, Move.to(FAILED).told("1301", "risk control", "r-1").reported());
        settle();
    }

    private void settle() throws IOException {
        List<Task> owing = files.owing();
        assertThat(owing).hasSize(1);
        files.settle(owing.get(0));
    }

    private Map<String, Object> read(String name) throws IOException {
        return Json.map(Files.readString(failed.resolve(name)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(failed)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }
}
