package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderDefaultsTest {
    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @Test
    void the_nearest_wins_and_the_prompts_own_wins_over_all() throws Exception {
        Path outer =
                drop.file(
                        "_defaults.yaml",
                        "mode: pro\nduration: 10\nsound: on\nnegative_prompt: rain");
        Path inner =
                drop.file("ads/_defaults.yaml", "duration: 8\nsound: on\nmode: null # as above");

        Prompt prompt =
                drop.one("ads/cat.json", "{\"prompt\":\"a\",\"sound\":\"off\"}", outer, inner);

        assertThat(prompt.request())
                .containsEntry("mode", "pro")
                .containsEntry("duration", "8")
                .containsEntry("sound", "off")
                .containsEntry("negative_prompt", "rain")
                .containsEntry("aspect_ratio", "16:9");
    }

    @Test
    void defaults_hold_for_every_row_and_for_plain_text() throws Exception {
        Path defaults = drop.file("_defaults.yaml", "negative_prompt: rain\nkind: text2video");

        assertThat(drop.read("s.csv", "prompt,negative_prompt\na,\nb,snow\n", defaults))
                .extracting(prompt -> prompt.request().get("negative_prompt"))
                .containsExactly("rain", "snow");
        assertThat(drop.one("cat.txt", "a cat", defaults).request())
                .containsEntry("negative_prompt", "rain");
    }

    @Test
    void shots_may_be_asked_for_by_the_folder() throws Exception {
        Path defaults = drop.file("_defaults.yaml", "multi_shot: true\nshot_type: customize");

        String shot = "{\"index\":1,\"prompt\":\"a\",\"duration\":5}";

        assertThat(drop.one("s.json", "{\"multi_prompt\":[" + shot + "]}", defaults).request())
                .containsKeys("multi_prompt", "multi_shot");
    }

    @Test
    void comments_alone_are_no_defaults() throws Exception {
        Path defaults = drop.file("_defaults.yaml", "# mode: pro\n");

        assertThat(drop.one("cat.txt", "a", defaults).request()).containsEntry("mode", "std");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    prompt: a cat    | : 'prompt' is no default
                    name: cat        | : 'name' is no default
                    mode: best       | : 'mode' is "best"; it should be the text "std", "pro" or "4k"
                    modle_name: x    | : unknown field 'modle_name'; did you mean 'model_name'?
                    model: x         | : 'model' is ignored by the provider
                    budget-per-day: ten | : 'budget-per-day' is "ten"; it must be an amount of dollars such as 10 or 0.42
                    budget-per-day: -1 | : 'budget-per-day' is -1; it must be an amount of dollars such as 10 or 0.42
                    budget-per-day: [1] | : 'budget-per-day' is a list; it must be an amount of dollars such as 10 or 0.42
                    budget_per_day: 1 | : unknown field 'budget_per_day'; did you mean 'budget-per-day'?
                    - mode: pro      | : defaults are fields with values, not a list
                    mode: [pro       | , line 1, column 11: not valid YAML
                    mode: pro~mode: std | , line 2, column 1: not valid YAML
                    1: a             | : the name of a field is 1
                    ~                | : the file is empty
                    """)
    void wrong_defaults_refuse_the_drop_and_are_named(String text, String wrong) throws Exception {
        Path defaults = drop.file("ads/_defaults.yaml", text.replace('~', '\n'));
        String expected =
                wrong.replaceAll("('\\w+') is no default", "a default for $1 makes no sense")
                        .replace('\'', '`');

        assertThat(drop.wrong("ads/cat.txt", "a cat", defaults))
                .singleElement()
                .asString()
                .startsWith(defaults + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "0.42", "$1.50", "'10'"})
    void a_budget_is_no_part_of_a_request(String amount) throws Exception {
        Path defaults = drop.file("_defaults.yaml", "budget-per-day: " + amount + "\nmode: pro\n");

        assertThat(drop.one("cat.txt", "a cat", defaults).request())
                .containsEntry("mode", "pro")
                .doesNotContainKey("budget-per-day");
    }

    @Test
    void a_misspelt_budget_is_refused_even_if_unknown_fields_pass() throws Exception {
        Path defaults = drop.file("_defaults.yaml", "budget_per_day: 10\n");
        Path cat = drop.file("cat.txt", "a cat");

        assertThatThrownBy(
                        () ->
                                DropFolder.reader(Map.of("kling.prompt.unknown-fields", "pass"))
                                        .read(cat, List.of(defaults)))
                .isInstanceOf(PromptRefused.class)
                .hasMessageContaining("did you mean `budget-per-day`?");
    }

    @Test
    void defaults_that_are_gone_or_not_text_refuse_the_drop() throws Exception {
        Path gone = inbox.resolve("_defaults.yaml");
        assertThat(drop.wrong("cat.txt", "a cat", gone).get(0))
                .startsWith(gone + ": the file cannot be read: ");

        Files.write(gone, new byte[] {'a', (byte) 0xFF});
        assertThat(drop.wrong("cat.txt", "a cat", gone).get(0))
                .startsWith(gone + ", byte offset 1: not a text file");
    }

    @Test
    void faults_of_the_file_and_of_its_defaults_are_told_together_and_once() throws Exception {
        Path defaults = drop.file("_defaults.yaml", "mode: best");

        assertThat(drop.wrong("s.csv", "prompt,sound\na,on\nb,loud\n", defaults)).hasSize(2);
    }
}
