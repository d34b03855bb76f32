package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.prompt.Drop;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptInboxTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void build() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(Duration.ofMillis(100)));
        house = new House(home, sandbox);
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    /** Prompts are accepted and nothing is bought. */
    private void openWithoutBuying() throws Exception {
        house.with("kling.ledger.min-free", "900TB").open();
    }

    @Test
    void ten_thousand_rows_are_accepted_in_one_go() throws Exception {
        openWithoutBuying();
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int row = 1; row <= 10_000; row++) {
            csv.append("shot ").append(row).append('\n');
        }
        house.drop("shots.csv", csv.toString());

        soon(() -> assertThat(house.accepted("shots.csv")).exists());
        assertThat(house.tasks("ACCEPTED")).isEqualTo(10_000);
        assertThat(house.state("shots-00001")).isEqualTo("ACCEPTED");
        assertThat(house.state("shots-10000")).isEqualTo("ACCEPTED");
    }

    @Test
    void four_hundred_small_files_are_taken_without_a_pause_for_each() throws Exception {
        for (int i = 0; i < 400; i++) {
            house.drop("many/" + i + ".txt", "a cat");
        }
        openWithoutBuying();

        House.soon()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(house.tasks()).isEqualTo(400));
        soon(() -> assertThat(house.files("accepted")).hasSize(400));
        assertThat(house.files("inbox")).isEmpty();
    }

    @Test
    void what_is_half_written_or_no_prompt_is_left_alone() throws Exception {
        Path secret = Files.writeString(home.resolve("secret.txt"), "not yours");
        house.drop("a.txt.part", "x");
        house.drop("b.tmp", "x");
        house.drop("c.txt.filepart", "x");
        house.drop(".hidden.txt", "x");
        house.drop(".folder/d.txt", "x");
        house.drop("_defaults.yaml", "mode: pro\n");
        house.drop("_note.txt", "x");
        house.drop("e.error.json", "{\"prompt\":\"x\"}");
        house.drop("f.plan.json", "{\"prompt\":\"x\"}");
        house.drop("picture.png", "x");
        house.drop("sidecar.json", "{\n  \"schema\" : \"kling-routes/sidecar/1\"\n}");
        Files.createSymbolicLink(house.inbox("link.txt"), secret);
        Files.createSymbolicLink(house.inbox("linked"), Files.createDirectory(home.resolve("l")));
        Files.writeString(home.resolve("l/inside.txt"), "not yours either");
        Console console = new Console();
        openWithoutBuying();
        house.drop("taken.txt", "x");

        soon(() -> assertThat(house.accepted("taken.txt")).exists());
        house.drop("taken-later.txt", "x");
        soon(() -> assertThat(house.accepted("taken-later.txt")).exists());
        assertThat(house.tasks()).isEqualTo(2);
        assertThat(house.files("inbox")).hasSize(12).contains("link.txt", ".folder/d.txt");
        assertThat(console.lines("is left alone in the inbox"))
                .hasSize(2)
                .anyMatch(line -> line.contains("picture.png"))
                .anyMatch(line -> line.contains("sidecar.json") && line.contains("a sidecar"));
    }

    @Test
    void a_name_that_this_process_cannot_read_is_told_once() throws Exception {
        Files.createDirectories(house.inbox("."));
        new ProcessBuilder("sh", "-c", "printf x > \"$(printf 'k\\374che.txt')\"")
                .directory(house.inbox(".").toFile())
                .start()
                .waitFor();
        Console console = new Console();
        openWithoutBuying();

        soon(() -> assertThat(console.lines("letters that this process cannot read")).hasSize(1));
        house.drop("cat.txt", "x");
        soon(() -> assertThat(house.accepted("cat.txt")).exists());
        assertThat(console.lines("letters that this process cannot read")).hasSize(1);
        assertThat(house.tasks()).isEqualTo(1);
    }

    @Test
    void a_file_that_still_grows_is_not_taken_before_it_is_whole() throws Exception {
        house.with("kling.inbox.rest", "700ms");
        openWithoutBuying();
        Path file = house.drop("slow.txt", "begin");
        for (int i = 0; i < 12; i++) {
            assertThat(file).exists();
            Files.writeString(file, " more", StandardOpenOption.APPEND);
            house.drop("tick.tmp", "" + i);
            House.soon().pollDelay(Duration.ofMillis(100)).until(() -> true);
        }

        soon(() -> assertThat(house.accepted("slow.txt")).exists());
        assertThat(Files.readString(house.accepted("slow.txt")))
                .isEqualTo("begin" + " more".repeat(12));
        assertThat(house.tasks()).isEqualTo(1);
    }

    @Test
    void a_prompt_waits_until_the_defaults_above_it_have_rested() throws Exception {
        house.drop("a/cat.txt", "a cat");
        Path defaults = house.drop("_defaults.yaml", "mode: pro\n");
        Files.setLastModifiedTime(
                defaults,
                java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 900));
        house.with("kling.inbox.rest", "1s").open();
        house.drop("b.tmp", "x");

        soon(() -> assertThat(house.outbox("a/cat.json")).exists());
        assertThat(sandbox.tasks().get(0).request()).containsEntry("mode", "pro");
        assertThat(System.currentTimeMillis())
                .isGreaterThan(Files.getLastModifiedTime(defaults).toMillis());
    }

    @Test
    void every_wrong_file_is_refused_with_its_reason() throws Exception {
        Map<String, List<String>> wrong =
                Map.ofEntries(
                        entry("empty.txt", List.of("", "the file is empty")),
                        entry("blank.md", List.of(" \n ", "the file is empty")),
                        entry("object.json", List.of("{\"prompt\":\"a\",}", "line 1, column 15")),
                        entry("colon.yaml", List.of("prompt: a: b", "line 1, column 10")),
                        entry("quote.csv", List.of("prompt\n\"a", "line 2")),
                        entry("header.csv", List.of("promt\na", "did you mean `prompt`?")),
                        entry(
                                "element.json",
                                List.of(
                                        "[{\"prompt\":\"a\"},{\"promt\":\"b\"}]",
                                        "prompt 2 of 2: unknown field `promt`; did you mean")),
                        entry(
                                "unknown.json",
                                List.of(
                                        "{\"prompt\":\"a\",\"lenght\":5}",
                                        "unknown field `lenght`")),
                        entry(
                                "type.json",
                                List.of(
                                        "{\"prompt\":\"a\",\"duration\":\"long\"}",
                                        "`duration` is \"long\"; it should be a whole number")),
                        entry(
                                "name.json",
                                List.of(
                                        "{\"prompt\":\"a\",\"name\":\"../b\"}",
                                        "cannot name a file")));
        openWithoutBuying();
        wrong.forEach((name, file) -> house.drop(folder(name) + name, file.get(0)));

        soon(() -> assertThat(house.files("inbox")).isEmpty());
        assertThat(house.files("failed")).hasSize(2 * wrong.size());
        for (String name : wrong.keySet()) {
            String stem = name.substring(0, name.indexOf('.'));
            assertThat(house.failed(folder(name) + name)).hasContent(wrong.get(name).get(0));
            JsonNode error = house.error(folder(name) + stem);
            assertThat(error.path("state").asText()).isEqualTo("REFUSED");
            assertThat(error.path("source").asText()).isEqualTo(folder(name) + name);
            assertThat(error.path("message").asText()).contains(wrong.get(name).get(1));
            assertThat(error.path("what_to_do").asText()).contains(name, "Nothing was bought");
            assertThat(error.path("faults")).isNotEmpty();
        }
        assertThat(house.tasks()).isZero();
    }

    private static String folder(String name) {
        return name.endsWith(".json") ? "sub/" : "";
    }

    @Test
    void what_is_binary_or_huge_is_refused() throws Exception {
        house.open();
        byte[] huge = new byte[20 << 20];
        Arrays.fill(huge, (byte) 'a');
        house.drop("huge.txt", huge);
        house.drop("binary.txt", new byte[] {'a', 0, 'b'});
        house.drop("latin.txt", "é".getBytes(StandardCharsets.ISO_8859_1));

        soon(() -> assertThat(house.files("failed")).hasSize(6));
        assertThat(house.error("huge").path("message").asText()).contains("the limit is 1 MB");
        assertThat(house.error("binary").path("message").asText())
                .contains("line 1, column 2: not a text file");
        assertThat(house.error("latin").path("message").asText()).contains("save it as UTF-8");
        assertThat(house.tasks()).isZero();
    }

    @Test
    void a_refused_file_that_comes_back_corrected_takes_its_refusal_back() throws Exception {
        house.open();
        house.drop("cat.json", "{\"prompt\":}");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        Files.delete(house.failed("cat.json"));
        house.drop("cat.json", "{\"prompt\":\"a cat\"}");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(house.outbox("cat.mp4")).exists();
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void a_file_refused_twice_says_what_is_wrong_now() throws Exception {
        house.open();
        house.drop("cat.json", "{\"prompt\":}");
        soon(() -> assertThat(house.failed("cat.json")).exists());
        house.drop("cat.json", "{\"prompt\":\"a\",\"mode\":\"PRO\"}");

        soon(
                () ->
                        assertThat(house.files("failed"))
                                .hasSize(3)
                                .anyMatch(name -> name.matches("cat~.{8}\\.json"))
                                .anyMatch(name -> name.matches("cat~.{8}\\.error\\.json")));
        assertThat(house.failed("cat.json")).hasContent("{\"prompt\":}");
    }

    @Test
    void a_file_of_a_strange_name_is_refused_under_it() throws Exception {
        Console console = new Console();
        house.open();
        house.drop("${body} {{kling.api.url}} $simple{1}.json", "${body} {{kling.api.url}}");

        soon(() -> assertThat(house.files("failed")).hasSize(2));
        assertThat(house.failed("${body} {{kling.api.url}} $simple{1}.json")).exists();
        assertThat(house.failed("${body} {{kling.api.url}} $simple{1}.error.json")).exists();
        soon(
                () ->
                        assertThat(console.lines("${body} {{kling.api.url}} $simple{1}.json"))
                                .hasSize(1));
    }

    @Test
    void a_drop_that_was_taken_and_not_accepted_is_accepted_once() throws Exception {
        String id = "1b671a64-40d5-491e-99b0-da01ff1f3341";
        house.drop(".accepting/" + id + "/sub/cat.txt", "a cat");
        house.drop(".accepting/2b671a64-40d5-491e-99b0-da01ff1f3341/bad.json", "{");
        house.drop(".accepting/.DS_Store", "x");
        Files.createDirectories(house.inbox(".accepting/3b671a64-40d5-491e-99b0-da01ff1f3341/a/b"));
        house.with("kling.inbox.resume", "50ms");
        openWithoutBuying();

        soon(() -> assertThat(house.accepted("sub/cat.txt")).hasContent("a cat"));
        soon(() -> assertThat(house.files("failed")).containsExactly("bad.error.json", "bad.json"));
        soon(() -> assertThat(house.inbox(".accepting")).isDirectoryNotContaining("glob:**/*-*"));
        assertThat(house.tasks()).isEqualTo(1);
        assertThat(house.state("cat")).isEqualTo("ACCEPTED");
    }

    @Test
    void a_drop_that_is_in_the_ledger_already_is_only_put_away() throws Exception {
        openWithoutBuying();
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.accepted("cat.txt")).exists());
        String id = house.dropOf("cat");
        house.close();
        house.drop(".accepting/" + id + "/cat.txt", "a cat");

        house.open();
        soon(() -> assertThat(house.inbox(".accepting/" + id)).doesNotExist());
        assertThat(house.tasks()).isEqualTo(1);
        assertThat(house.files("accepted")).hasSize(2);
    }

    @Test
    void a_drop_in_hand_is_not_taken_for_an_unfinished_one() throws Exception {
        Console console = new Console();
        house.with("kling.inbox.resume", "1ms");
        openWithoutBuying();
        for (int i = 0; i < 40; i++) {
            house.drop("good" + i + ".txt", "a cat");
            house.drop("bad" + i + ".json", "{");
        }

        soon(() -> assertThat(house.files("inbox")).isEmpty());
        soon(() -> assertThat(console.lines("refused, nothing was bought")).hasSize(40));
        assertThat(house.tasks()).isEqualTo(40);
        assertThat(house.files("failed"))
                .hasSize(80)
                .allMatch(name -> name.matches("bad\\d+(\\.error)?\\.json"));
        assertThat(console.lines("was accepted before")).isEmpty();
        assertThat(console.lines("trouble")).isEmpty();
    }

    @Test
    void a_file_that_goes_while_it_is_read_is_told_and_nothing_else_stops() throws Exception {
        Console console = new Console();
        openWithoutBuying();
        Drop gone =
                new Drop(
                        "5b671a64-40d5-491e-99b0-da01ff1f3341",
                        home.resolve("gone.txt"),
                        "gone.txt");
        house.camel().createProducerTemplate().sendBody("direct:kling-prompt-inbox-accept", gone);
        house.drop("next.txt", "x");

        soon(() -> assertThat(house.accepted("next.txt")).exists());
        assertThat(console.lines("gone.txt  has gone")).hasSize(1);
        assertThat(house.tasks()).isEqualTo(1);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void each_trouble_with_the_inbox_is_told_once_with_its_reason() throws Exception {
        Console console = new Console();
        house.with("kling.inbox.resume", "100ms");
        openWithoutBuying();
        Files.delete(home.resolve("accepted"));
        Files.writeString(home.resolve("accepted"), "a file in place of the folder");
        house.drop("a.txt", "x");

        soon(() -> assertThat(console.lines("trouble with the application")).hasSize(1));
        assertThat(console.lines("trouble with the application").get(0))
                .contains("FileAlreadyExistsException", "accepted");
        house.drop("b/c.txt", "x");
        soon(() -> assertThat(house.tasks()).isEqualTo(2));

        Files.delete(home.resolve("accepted"));
        soon(() -> assertThat(house.files("accepted")).containsExactly("a.txt", "b/c.txt"));
        assertThat(house.tasks()).isEqualTo(2);
    }
}
