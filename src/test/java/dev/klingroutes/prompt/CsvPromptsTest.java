package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvPromptsTest {
    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void the_header_tells_the_delimiter(String delimiter) throws Exception {
        String table = "name| prompt |duration\n\"x\"|\"a; b, c\td\"|10\n|second|\n";

        List<Prompt> prompts = drop.read("s.csv", table.replace("|", delimiter));

        assertThat(prompts).extracting(Prompt::name).containsExactly("x", "s-002");
        assertThat(prompts.get(0).request())
                .containsEntry("prompt", "a; b, c\td")
                .containsEntry("duration", "10");
        assertThat(prompts.get(1).request()).containsEntry("duration", "5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void quotes_hold_delimiters_quotes_and_line_ends(String end) throws Exception {
        String table = "\"prompt\",mode\n\"a \"\"big\"\" cat,\nplaying\",pro\n\"\"\"b\"\"\",\n";

        List<Prompt> prompts = drop.read("s.csv", table.replace("\n", end));

        assertThat(prompts)
                .extracting(prompt -> prompt.request().get("prompt"))
                .containsExactly("a \"big\" cat," + end + "playing", "\"b\"");
    }

    @Test
    void cells_become_what_their_fields_are() throws Exception {
        // no model takes all of these
        PromptReader anyModel =
                DropFolder.reader(
                        Map.of(
                                "kling.prompt.unknown-models", "pass",
                                "kling.prompt.model-name", "new"));
        Path file =
                drop.file(
                        "s.csv",
                        """
                        prompt;cfg_scale;duration;multi_shot;watermark_info;camera_control;multi_prompt
                        42;0.25;5.0;TRUE;{"enabled":true};{"type":"simple","config":{"pan":-3.5}};[{"index":1,"prompt":"a","duration":2}]
                        """);

        assertThat(anyModel.read(file, List.of()).get(0).request())
                .containsEntry("prompt", "42")
                .containsEntry("cfg_scale", 0.25)
                .containsEntry("duration", "5")
                .containsEntry("multi_shot", true)
                .containsEntry("watermark_info", Map.of("enabled", true))
                .containsEntry(
                        "camera_control", Map.of("type", "simple", "config", Map.of("pan", -3.5)))
                .containsEntry(
                        "multi_prompt",
                        List.of(Map.of("index", 1, "prompt", "a", "duration", "2")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    cfg_scale      | 0,5    | `cfg_scale` is "0,5"; it should be a number from 0 to 1
                    cfg_scale      | "0.5f" | `cfg_scale` is "0.5f"; it should be a number from 0 to 1
                    cfg_scale      | 2      | `cfg_scale` is 2; it should be a number from 0 to 1
                    multi_shot     | yes    | `multi_shot` is "yes"; it should be true or false
                    watermark_info | {no    | `watermark_info` is "{no"; not valid JSON:
                    voice_list     | {}     | `voice_list` is an object; it should be a list of 1 to 2
                    duration       | 5s     | `duration` is "5s"; it should be a whole number of seconds, like 5
                    """)
    void a_cell_that_cannot_become_it_is_refused(String field, String cell, String wrong) {
        assertThat(drop.wrong("s.csv", "prompt;" + field + "\na;" + cell + "\n"))
                .singleElement()
                .asString()
                .startsWith("row 1 (line 2): " + wrong);
    }

    @Test
    void a_csv_without_a_prompt_column_is_refused_and_names_its_columns() {
        assertThat(drop.wrong("s.csv", "Prompt;mode\na;pro\nb;std\n"))
                .containsExactly(
                        "line 1: unknown field `Prompt`; did you mean `prompt`?",
                        "line 1: there is no column `prompt`; the columns are `Prompt`, `mode`");
    }

    @Test
    void a_wrong_column_is_told_once_and_not_for_each_row() {
        assertThat(drop.wrong("s.csv", "prompt,,mode,mode,model,Name\n" + "a,,,,x,y\n".repeat(9)))
                .containsExactly(
                        "line 1: column 2 of the header has no name",
                        "line 1: there are two columns `mode`",
                        "line 1: `model` is ignored by the provider, which would run kling-v1; use"
                                + " `model_name`",
                        "line 1: unknown field `Name`; did you mean `name`?");
    }

    @Test
    void a_row_with_another_number_of_cells_is_refused_by_row_and_line() {
        assertThat(drop.wrong("s.csv", "prompt,mode\n\"a\nb\",pro\n\nc,d,e\nf\n,std\n"))
                .containsExactly(
                        "row 2 (line 5): the row has 3 cells, but the header has 2",
                        "row 3 (line 6): the row has 1 cell, but the header has 2",
                        "row 4 (line 7): `prompt` is missing or blank");
    }

    @Test
    void a_header_alone_is_refused() {
        assertThat(drop.wrong("s.csv", "prompt,mode\n\n"))
                .containsExactly("s.csv: there is a header but no row: there is no prompt in it");
    }

    @Test
    void a_quote_that_is_never_closed_does_not_swallow_the_rest() {
        assertThat(drop.wrong("s.csv", "prompt\na\n\"b\nc\n"))
                .containsExactly(
                        "line 3, column 1: not valid CSV: a quote opens here and is never closed");
    }

    @Test
    void text_after_a_closing_quote_is_refused() {
        assertThat(drop.wrong("s.csv", "prompt,mode\na,\"pro\"\n\"a \"big\" cat\",pro\n"))
                .containsExactly(
                        "line 3, column 5: not valid CSV: there is more after the closing quote;"
                                + " a quote inside quotes is written twice");
    }

    @Test
    void a_quote_in_the_middle_of_a_cell_is_an_ordinary_letter() throws Exception {
        assertThat(drop.one("s.csv", "prompt,mode\na 5\" screen,pro\n").request())
                .containsEntry("prompt", "a 5\" screen");
    }

    @Test
    void ten_thousand_rows_take_no_quadratic_time() throws Exception {
        String rows =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> "\"" + "a cat, ".repeat(20) + i + "\",10,pro\n")
                        .collect(Collectors.joining());

        Assertions.assertTimeout(
                Duration.ofSeconds(10),
                () ->
                        assertThat(drop.read("s.csv", "prompt,duration,mode\n" + rows))
                                .hasSize(10_000));
    }
}
