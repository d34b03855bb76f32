package dev.klingroutes.cli;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.DELIVERED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.CannotStart;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.Video;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class CommandsTest {
    private static final String KEY = "key-that-nobody-must-read";

    private final TestLedger test;
    private final Map<String, String> settings = new HashMap<>();
    @TempDir private Path home;

    private StringWriter out;
    private StringWriter err;

    CommandsTest(TestLedger.On on) {
        test = TestLedger.on(on);
        set("COMETAPI_KEY", KEY);
        set("kling.ledger.url", test.settings().text("kling.ledger.url"));
        set("kling.budget.per-day", "10");
    }

    @AfterEach
    void close() {
        test.close();
    }

    private void set(String key, String value) {
        settings.put(key, value);
    }

    /** The exit code. */
    private int run(String... words) {
        out = new StringWriter();
        err = new StringWriter();
        for (String folder : List.of("inbox", "accepted", "outbox", "failed")) {
            settings.putIfAbsent("kling." + folder + ".dir", home.resolve(folder).toString());
        }
        int code =
                Commands.run(
                        new Desk(() -> Settings.of(settings), test.clock()),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        words);
        assertThat(out.toString() + err).doesNotContain(KEY);
        return code;
    }

    private String said(String... words) {
        assertThat(run(words)).as(() -> "" + err).isZero();
        assertThat(err.toString()).isEmpty();
        return out.toString();
    }

    private String refused(int code, String... words) {
        assertThat(run(words)).as(() -> "" + out).isEqualTo(code);
        assertThat(out.toString()).isEmpty();
        return err.toString();
    }

    private JsonNode json(String... words) throws IOException {
        return new ObjectMapper().readTree(said(words));
    }

    private Task bought(String stem) {
        Task task = test.claimed(ACCEPTED, stem);
        assertThat(test.gate().pass(task, "{}", Dollars.of("0.42"), Map.of(), null).kind())
                .isEqualTo(Gate.Kind.GO);
        return test.find(task);
    }

    private Task write(Task task, Move move) {
        assertThat(test.ledger().write(task, move)).isTrue();
        return test.find(task);
    }

    @Test
    void tasks_are_listed_with_what_they_wait_for() {
        assertThat(said("tasks")).isEqualToIgnoringNewLines("No tasks.");
        test.claimed(FAILED, "cat");
        Task unclear = write(bought("dog"), Move.to(UNCERTAIN).told("no-answer", "it hung", null));
        test.claimed(SUBMITTED, "owl");

        assertThat(said("tasks").lines())
                .hasSize(4)
                .anyMatch(line -> line.matches("ID +STATE +NAME +AGE +WHY"))
                .anyMatch(line -> line.matches("\\w{8}  FAILED +cat .*"))
                .anyMatch(
                        line ->
                                line.startsWith(unclear.id().substring(0, 8) + "  UNCERTAIN")
                                        && line.endsWith("no-answer: it hung"))
                .anyMatch(
                        line -> line.matches("\\w{8}  SUBMITTED +owl .* rendering, at work on it"));
        assertThat(said("tasks", "--state", "failed,uncertain").lines()).hasSize(3);
        assertThat(said("tasks", "--state", "DELIVERED")).contains("No such tasks.");
        assertThat(said("tasks", "--limit", "1").lines())
                .hasSize(3)
                .last()
                .isEqualTo("and 2 more (--limit 0 shows all)");
        assertThat(said("tasks", "--limit", "0").lines()).hasSize(4);
    }

    @Test
    void tasks_of_a_folder_are_those_in_and_below_it() {
        for (String name : List.of("cat", "dog", "owl")) {
            test.accept(name);
        }
        test.sql("update kling_task set folder = 'a/b' where stem = 'cat'");
        test.sql("update kling_task set folder = 'ab' where stem = 'dog'");

        assertThat(said("tasks", "--folder", "a/").lines()).hasSize(2);
        assertThat(said("tasks", "--folder", "a")).contains("a/b/cat").doesNotContain("dog", "owl");
    }

    @Test
    void a_script_gets_an_array_in_ascii() throws IOException {
        assertThat(json("tasks", "--json")).isEmpty();
        assertThat(json("tasks", "--json").isArray()).isTrue();
        Task cat = write(bought("kätzchen"), Move.to(UNCERTAIN).told("x", "\u001b[31m", null));

        String text = said("tasks", "--json");

        assertThat(text).matches("\\p{ASCII}*").doesNotContain("\u001b");
        JsonNode task = new ObjectMapper().readTree(text).get(0);
        assertThat(task.path("task").asText()).isEqualTo(cat.id());
        assertThat(task.path("name").asText()).isEqualTo("kätzchen");
        assertThat(task.path("state").asText()).isEqualTo("UNCERTAIN");
        assertThat(task.path("cost").path("counted").decimalValue()).isEqualByComparingTo("0.42");
        assertThat(task.path("request").path("prompt").asText()).isEqualTo("a cat");
        assertThat(json("tasks", "show", cat.id(), "--json").path("bought_before")).isEmpty();
    }

    @Test
    void a_task_is_found_by_any_name_it_has() {
        Task task = write(bought("cat"), Move.to(SUBMITTED).taskId("t-17"));
        test.sql("update kling_task set folder = 'a/b', external_id = 'ours-1'");
        test.accept("cat");

        for (String name :
                List.of(
                        task.id(),
                        task.id().substring(0, 8),
                        task.id().substring(0, 4).toUpperCase(Locale.ROOT),
                        "t-17",
                        "ours-1",
                        "a/b/cat")) {
            assertThat(said("tasks", "show", name)).as(name).contains(task.id(), "t-17", "$0.42");
        }
        assertThat(refused(1, "tasks", "show", task.id().substring(0, 3)))
                .contains("There is no task");
        assertThat(refused(1, "tasks", "cancel", "a/b")).contains("There is no task a/b");
        test.sql("update kling_task set task_id = 't-17'");
        assertThat(refused(1, "tasks", "cancel", "t-17"))
                .contains("may be any of these", task.id(), "(a/b/cat)", "(cat~");
        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
    }

    @Test
    void a_link_is_not_shown_because_it_opens_the_video() {
        Task task = write(bought("cat"), Move.to(SUBMITTED).taskId("t"));
        Video video = Video.linked(1, "v", "https://cdn.test/v.mp4?signature=hush", "5");
        task = write(task, Move.to(SUCCEEDED).videos(List.of(video)));
        task = write(task, Move.to(DELIVERED).videos(List.of(video.verified("cat.mp4", 9, "ab"))));

        assertThat(said("tasks", "show", "cat"))
                .contains("cat.mp4, 9 bytes")
                .doesNotContain("hush");
        assertThat(said("tasks", "show", "cat", "--json"))
                .contains("cat.mp4")
                .doesNotContain("hush");
        assertThat(said("tasks", "--json")).doesNotContain("hush");
    }

    @Test
    void what_is_foreign_does_not_reach_the_terminal() {
        Task task = bought("cat\u001b]0;x\u0007");
        write(task, Move.to(FAILED).told("1\u001b[2J", "two\nlines \u009b31m\u202e", null));

        assertThat(said("tasks") + said("tasks", "show", task.id()))
                .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e")
                .contains("two lines");
        assertThat(refused(1, "tasks", "show", "\u001b[2J")).doesNotContain("\u001b");
    }

    @Test
    void a_task_is_cancelled_retried_and_settled() {
        write(bought("cat"), Move.to(SUBMITTED).taskId("t-1"));
        assertThat(said("tasks", "cancel", "cat"))
                .isEqualToIgnoringNewLines(
                        "cat  was cancelled here; the provider has no cancel, so it may still be"
                                + " rendered and charged (about $0.42)");
        assertThat(refused(1, "tasks", "cancel", "cat"))
                .isEqualToIgnoringNewLines("cat  nothing was done: it is CANCELLED already");
        assertThat(said("tasks")).contains("CANCELLED", "may still be charged (about $0.42)");
        assertThat(said("tasks", "retry", "cat")).contains("cat  is known to the provider as t-1");
        assertThat(refused(1, "tasks", "settle", "cat", "--not-created"))
                .contains("it is SUBMITTED; only a task that is UNCERTAIN can be settled");

        Task unclear = write(bought("dog"), Move.to(UNCERTAIN));
        assertThat(said("tasks", "settle", "dog", "--task-id", "t-2")).contains("looked at as t-2");
        assertThat(new Callbacks(test.ledger()).hearsay(unclear)).contains("t-2");
        assertThat(refused(1, "tasks", "settle", "dog", "--task-id", " ")).contains("no provider");
        test.sql("update kling_task set task_id = null");
        test.later(test.ledger().lease());
        assertThat(said("tasks", "settle", "dog", "--not-created")).contains("it is sent now");
        assertThat(test.find(unclear).state()).isEqualTo(ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tasks settle cat",
                "tasks settle cat --not-created --task-id t",
                "tasks retry",
                "tasks cancel a b",
                "tasks --state LOST",
                "tasks --limit many",
                "taks",
                "cost --day 3",
                "check"
            })
    void what_is_not_how_it_is_called_is_told(String words) {
        assertThat(refused(2, words.split(" ")))
                .containsPattern(
                        "Usage: java -jar kling-routes.jar|Did you mean|Possible solutions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tasks",
                "tasks show",
                "tasks retry",
                "tasks cancel",
                "tasks settle",
                "cost",
                "check",
                "doctor"
            })
    void every_command_says_how_it_is_called(String command) {
        set("kling.ledger.url", "jdbc:sqlite:" + home.resolve("none.db"));
        String words = (command + " --help").strip();

        assertThat(said(words.split(" ")))
                .contains("Usage: java -jar kling-routes.jar " + command)
                .contains("Exit codes:", "78   ".strip());
    }

    @Test
    void a_ledger_is_never_made() {
        set("kling.ledger.url", "jdbc:sqlite:" + home.resolve("data/none.db"));

        for (String command : List.of("tasks", "tasks show x", "tasks retry x", "cost")) {
            assertThat(refused(78, command.split(" "))).contains("There is no ledger");
        }
        assertThat(home.resolve("data")).doesNotExist();
    }

    @Test
    void settings_that_are_not_right_are_told() {
        out = new StringWriter();
        err = new StringWriter();
        Desk desk =
                new Desk(
                        () -> {
                            throw new CannotStart("kling.x is no setting");
                        },
                        test.clock());

        int code =
                Commands.run(desk, new PrintWriter(out, true), new PrintWriter(err, true), "tasks");
        assertThat(code).isEqualTo(78);
        assertThat(err.toString()).contains("kling.x is no setting");
        code = Commands.run(desk, new PrintWriter(out, true), new PrintWriter(err, true), "doctor");
        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains("WRONG  settings", "1 thing is wrong");
    }

    @Test
    void the_books_are_told_by_day_model_and_folder() throws IOException {
        Task cat = write(bought("cat"), Move.to(SUBMITTED).taskId("t-1"));
        write(cat, Move.to(FAILED).deduction("3"));
        run("tasks", "retry", "cat");
        test.sql("update kling_task set due_at = null");
        write(bought("dog"), Move.to(UNCERTAIN));
        test.sql("update kling_task set folder = 'animals' where stem = 'dog'");

        assertThat(said("cost").lines().map(line -> line.replaceAll(" +", " ")))
                .contains("today 2 $0.84 $0.42 for 1 video")
                .contains("last 30 days 2 $0.84 $0.42 for 1 video")
                .contains("animals 1 $0.42 $0.42 for 1 video")
                .contains(". 1 $0.42")
                .contains("the provider says it deducted 3 units for 1 video estimated at $0.42")
                .contains(
                        "1 task waits to be sent and would cost $0.00, without 1 of unknown price")
                .contains("$10.00 a day $0.84 $9.16");
        JsonNode cost = json("cost", "--json", "--days", "1");
        assertThat(cost.path("today").path("cost").decimalValue()).isEqualByComparingTo("0.84");
        assertThat(cost.path("by_folder").path("animals").path("videos").asInt()).isEqualTo(1);
        assertThat(cost.path("budgets").get(0).path("left").decimalValue())
                .isEqualByComparingTo("9.16");
    }

    @Test
    void the_books_of_another_day_are_not_todays() throws IOException {
        write(bought("cat"), Move.to(SUBMITTED).taskId("t-1"));
        test.sql("update kling_task set bought_day = bought_day - 5");

        assertThat(json("cost", "--json").path("today").path("videos").asInt()).isZero();
        assertThat(json("cost", "--json").path("all_days").path("videos").asInt()).isEqualTo(1);
        assertThat(json("cost", "--json", "--days", "5").path("by_day")).isEmpty();
    }

    @Test
    void a_file_is_checked_and_stays_where_it_is() throws IOException {
        Path file = Files.writeString(home.resolve("two.jsonl"), "{\"prompt\":\"a\"}\n".repeat(2));
        assertThat(said("check", file.toString()))
                .contains("two-001", "two-002", "$0.42", "would buy 2 videos for about $0.84");

        Files.createDirectories(home.resolve("inbox/dear"));
        Files.writeString(home.resolve("inbox/dear/_defaults.yaml"), "duration: 10\n");
        assertThat(said("check", file.toString(), "--folder", "dear")).contains("about $1.68");

        Files.writeString(file, "{\"prompt\":\"a\",\"modle\":\"pro\",\"duration\":99}");
        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("refused as a whole", "modle", "duration");
        assertThat(refused(1, "check", "nothing.txt")).contains("nothing.txt is no file");
        assertThat(file).exists();
        assertThat(said("tasks")).contains("No tasks.");
    }

    @Test
    void a_doctor_finds_all_well_and_buys_nothing() throws IOException {
        try (Sandbox sandbox = Sandbox.start(SandboxSettings.defaults().withKey(KEY))) {
            set("kling.api.url", sandbox.url());
            test.sql("update kling_gate set ledger_id = 'mine'");

            assertThat(said("doctor").lines())
                    .allMatch(line -> line.startsWith("ok  ") || line.equals("all is well"))
                    .anyMatch(line -> line.contains("answers and takes the key"))
                    .anyMatch(line -> line.contains("agrees with the provider's"));
            assertThat(sandbox.stats().createsReceived()).isZero();
            assertThat(home).isEmptyDirectory();

            set("COMETAPI_KEY", "another");
            assertThat(run("doctor")).isEqualTo(1);
            assertThat(out.toString())
                    .contains("WRONG  provider", "the key of COMETAPI_KEY is not accepted")
                    .endsWith("1 thing is wrong" + System.lineSeparator());
            set("COMETAPI_KEY", "");
            assertThat(run("doctor")).isEqualTo(1);
            assertThat(out.toString()).contains("COMETAPI_KEY is not set");
        }
    }

    @Test
    void a_doctor_finds_what_is_wrong() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            set("kling.api.url", "http://127.0.0.1:" + free.getLocalPort());
        }
        set("kling.ledger.min-free", "900TB");
        Files.writeString(home.resolve("outbox"), "a file");
        Files.createDirectories(home.resolve("inbox"));
        Files.writeString(home.resolve("inbox/.ledger"), "another");

        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString())
                .containsPattern("WRONG +outbox ")
                .containsPattern("WRONG +inbox +it belongs to another ledger")
                .containsPattern("WRONG +outbox disk .*kling.ledger.min-free")
                .containsPattern("WRONG +provider .*cannot be reached")
                .doesNotContain("password=");
    }

    @Test
    void spans_are_short() {
        assertThat(Words.span(Duration.ofSeconds(119).toMillis())).isEqualTo("119 s");
        assertThat(Words.span(Duration.ofMinutes(119).toMillis())).isEqualTo("119 min");
        assertThat(Words.span(Duration.ofHours(47).toMillis())).isEqualTo("47 h");
        assertThat(Words.span(Duration.ofDays(400).toMillis())).isEqualTo("400 d");
        assertThat(Words.span(-5)).isEqualTo("0 s");
    }
}
