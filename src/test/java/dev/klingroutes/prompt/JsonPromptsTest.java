package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPromptsTest {
    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"prompt":"a"               | line 1, column 14: not valid JSON: Unexpected end-of-input
                    {~  "prompt": "a",~}        | line 3, column 1: not valid JSON: Unexpected character ('}'
                    {"prompt":"a","prompt":"b"} | line 1, column 23: not valid JSON: Duplicate field 'prompt'
                    {"prompt":"a"} {}           | line 1, column 16: there is more after the JSON value
                    {"prompt":"a"}~{}           | line 2, column 1: there is more after the JSON value
                    {"prompt":"a"}}             | line 1, column 15: not valid JSON: Unexpected close marker
                    {'prompt':'a'}              | line 1, column 2: not valid JSON: Unexpected character
                    {"cfg_scale":NaN}           | line 1, column 17: not valid JSON: Non-standard token 'NaN'
                    // note~{"prompt":"a"}      | line 1, column 1: not valid JSON: Unexpected character ('/'
                    "a cat"                     | prompt 1 of 1: a prompt is an object with a `prompt` field, not "a cat"
                    null                        | prompt 1 of 1: a prompt is an object with a `prompt` field, not null
                    []                          | s.json: the list is empty: there is no prompt in it
                    {}                          | prompt 1 of 1: `prompt` is missing or blank
                    """)
    void what_is_not_json_or_no_prompt_is_refused_with_its_place(String text, String wrong) {
        assertThat(drop.wrong("s.json", text.replace('~', '\n')))
                .singleElement()
                .asString()
                .startsWith(wrong);
    }

    @Test
    void a_reason_speaks_of_the_file_and_not_of_the_parser() {
        assertThat(drop.wrong("s.json", "{\"prompt\":\n[1").get(0))
                .contains("(opened at line: 2, column: 1)")
                .doesNotContain("Source", "`");
    }

    @Test
    void endless_nesting_is_refused() {
        assertThat(drop.wrong("s.json", "[".repeat(5000)).get(0)).contains("nesting depth");
    }

    @Test
    void null_counts_as_not_given() throws Exception {
        Prompt prompt =
                drop.one("s.json", "{\"prompt\":\"a\",\"mode\":null,\"name\":null,\"model\":null}");

        assertThat(prompt.name()).isEqualTo("s");
        assertThat(prompt.request()).containsEntry("mode", "std").doesNotContainKey("model");
    }

    @Test
    void every_broken_line_of_a_jsonl_file_is_told() {
        assertThat(drop.wrong("s.jsonl", "{\"prompt\":\"a\"}\n\nnope\r\n[]\n{\"prompt\":1}\n"))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("line 3, column 5: not valid JSON"),
                        line -> assertThat(line).startsWith("line 4: a prompt is an object"),
                        line ->
                                assertThat(line)
                                        .isEqualTo("line 5: `prompt` is 1; it should be text"));
    }
}
