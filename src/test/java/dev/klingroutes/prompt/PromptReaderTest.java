package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptReaderTest {
    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat.txt", "cat.MD", "a.b.json", "x.jsonl", "x.yaml", "x.yml", "x.Csv"})
    void a_file_with_a_known_ending_is_a_prompt_file(String name) {
        assertThat(FileName.isPrompt(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat",
                "txt",
                "cat.mp4",
                "cat.txt.part",
                "_defaults.yaml",
                "_cat.txt",
                ".cat.txt",
                ".txt",
                "cat.error.json",
                "cat.PLAN.json",
                "cat.txt~",
                ""
            })
    void any_other_file_is_not(String name) {
        assertThat(FileName.isPrompt(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat.txt", "cat.md", "my.cat.TXT"})
    void the_whole_text_of_a_text_file_is_the_prompt(String name) throws Exception {
        Prompt prompt = drop.one(name, "\n  a cat,\n  playing: the \"piano\"\n\n");

        assertThat(prompt.name()).isEqualTo(name.substring(0, name.lastIndexOf('.')));
        assertThat(prompt.kind()).isEqualTo("text2video");
        assertThat(prompt.request()).containsEntry("prompt", "a cat,\n  playing: the \"piano\"");
    }

    @Test
    void a_request_is_complete_and_in_the_order_of_the_provider() throws Exception {
        Prompt prompt =
                drop.one("cat.json", "{\"duration\":10,\"prompt\":\"a cat\",\"mode\":\"pro\"}");

        assertThat(prompt.request())
                .containsExactly(
                        Map.entry("prompt", "a cat"),
                        Map.entry("model_name", "kling-v3"),
                        Map.entry("mode", "pro"),
                        Map.entry("duration", "10"),
                        Map.entry("aspect_ratio", "16:9"),
                        Map.entry("sound", "off"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    shots.json  | [{"prompt":"a"},{"prompt":"b","name":"own"},{"prompt":"c"}]
                    shots.jsonl | {"prompt":"a"}~~{"prompt":"b","name":"own"}~ ~{"prompt":"c"}~
                    shots.csv   | prompt,name~a,~~b,own~c,
                    shots.yaml  | - prompt: a~- prompt: b~  name: own~- {prompt: c}
                    shots.yml   | - prompt: a~- prompt: b~  name: own~- {prompt: c}
                    """)
    void a_file_with_many_numbers_its_prompts_and_an_own_name_moves_no_number(
            String name, String text) throws Exception {
        assertThat(drop.names(name, text.replace('~', '\n')))
                .containsExactly("shots-001", "own", "shots-003");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    shots.json  | [{"prompt":"a"}]
                    shots.jsonl | {"prompt":"a"}
                    shots.csv   | prompt~a
                    shots.yaml  | - prompt: a
                    """)
    void a_list_of_one_is_numbered_too(String name, String text) throws Exception {
        assertThat(drop.names(name, text.replace('~', '\n'))).containsExactly("shots-001");
    }

    @Test
    void more_than_999_prompts_get_wider_numbers() throws Exception {
        String rows = IntStream.range(0, 1000).mapToObj(i -> "p\n").collect(Collectors.joining());

        assertThat(drop.names("shots.csv", "prompt\n" + rows))
                .startsWith("shots-0001")
                .endsWith("shots-1000");
    }

    @Test
    void two_prompts_of_one_file_may_have_the_same_name() throws Exception {
        assertThat(drop.names("s.csv", "prompt,name\na,cat\nb,cat\n"))
                .containsExactly("cat", "cat");
    }

    @Test
    void every_fault_of_a_file_is_told_at_once() {
        assertThat(
                        drop.wrong(
                                "s.json",
                                "[{\"prompt\":\"a\"},{\"promt\":\"b\",\"mode\":\"best\"},7,null]"))
                .containsExactly(
                        "prompt 2 of 4: unknown field `promt`; did you mean `prompt`?",
                        "prompt 2 of 4: `mode` is \"best\"; it should be the text \"std\", \"pro\""
                                + " or \"4k\"",
                        "prompt 2 of 4: `prompt` is missing or blank",
                        "prompt 3 of 4: a prompt is an object with a `prompt` field, not 7",
                        "prompt 4 of 4: a prompt is an object with a `prompt` field, not null");
    }

    @Test
    void a_refusal_shows_twenty_faults_and_counts_the_rest() {
        String lines = "{}\n".repeat(57);

        PromptRefused refusal = drop.refusal("s.jsonl", lines);

        assertThat(refusal.faults()).hasSize(57);
        assertThat(refusal.getMessage().lines()).hasSize(21);
        assertThat(refusal.getMessage())
                .startsWith("line 1: `prompt` is missing or blank\nline 2: ")
                .endsWith("\nand 37 more");
    }

    @Test
    void a_fault_knows_its_field() {
        assertThat(drop.refusal("s.json", "{\"prompt\":\"a\",\"mode\":1}").faults())
                .singleElement()
                .satisfies(
                        fault -> {
                            assertThat(fault.where()).isEqualTo("prompt 1 of 1");
                            assertThat(fault.field()).isEqualTo("mode");
                        });
    }

    @Test
    void faults_beyond_ten_thousand_are_counted_but_not_kept() {
        PromptRefused refusal = drop.refusal("log.jsonl", "x\n".repeat(12_000));

        assertThat(refusal.faults()).hasSize(10_000);
        assertThat(refusal.getMessage()).endsWith("and 11980 more");
    }

    @Test
    void a_file_with_another_ending_is_refused() {
        assertThat(drop.wrong("cat.docx", "a cat").get(0))
                .startsWith("cat.docx: not a prompt file");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_file_whose_name_cannot_name_a_video_is_refused() {
        assertThat(drop.wrong("a\\b\n.txt", "a cat"))
                .containsExactly("a\\b .txt: this cannot name a video: it holds / or \\");
    }

    @Test
    void unknown_fields_are_passed_on_if_so_set() throws Exception {
        Path file =
                drop.file("s.json", "{\"prompt\":\"a\",\"new\":{\"a\":[1,null]},\"none\":null}");

        Prompt prompt =
                DropFolder.reader(Map.of("kling.prompt.unknown-fields", "pass"))
                        .read(file, List.of())
                        .get(0);

        assertThat(prompt.request()).containsKeys("prompt", "new").doesNotContainKey("none");
        assertThat(prompt.request().get("new")).hasToString("{a=[1, null]}");
    }

    @Test
    void a_blank_setting_is_no_default() throws Exception {
        Path file = drop.file("cat.txt", "a cat");

        Prompt prompt =
                DropFolder.reader(Map.of("kling.prompt.mode", " ")).read(file, List.of()).get(0);

        assertThat(prompt.request()).doesNotContainKey("mode").containsKey("sound");
    }

    @Test
    void a_setting_that_is_no_legal_value_is_told_at_once() {
        assertThatThrownBy(() -> DropFolder.reader(Map.of("kling.prompt.duration", "5s")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("kling.prompt.duration: `duration` is \"5s\"");
    }
}
