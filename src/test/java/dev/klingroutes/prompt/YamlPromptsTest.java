package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlPromptsTest {
    @TempDir Path inbox;
    DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    @Test
    void yaml_means_what_it_looks_like() throws Exception {
        Prompt prompt =
                drop.one(
                        "cat.yml",
                        """
                        # a comment
                        prompt: |
                          a cat,
                          playing
                        sound: on
                        aspect_ratio: 9:16
                        mode: 4k
                        duration: 10
                        watermark_info: {enabled: false}
                        name: 007
                        negative_prompt: null
                        """);

        assertThat(prompt.name()).isEqualTo("007");
        assertThat(prompt.request())
                .isEqualTo(
                        Map.of(
                                "prompt", "a cat,\nplaying\n",
                                "sound", "on",
                                "aspect_ratio", "9:16",
                                "mode", "4k",
                                "duration", "10",
                                "watermark_info", Map.of("enabled", false),
                                "model_name", "kling-v3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    prompt: a cat: playing      | line 1, column 14: not valid YAML: a second `: ` on one line
                    prompt: a~prompt: b         | line 2, column 1: not valid YAML: while constructing a mapping, found duplicate key prompt
                    prompt: a~---~prompt: b     | line 2, column 1: there is more than one document
                    prompt: a~x: [1             | line 2, column 6: not valid YAML: while parsing a flow sequence
                    prompt:~\t- b               | line 2, column 1: not valid YAML: while scanning for the next token
                    prompt: *nope               | line 1, column 9: not valid YAML: found undefined alias nope
                    !!java.io.File [x]          | line 1, column 1: not valid YAML: could not determine a constructor
                    prompt: !!int x             | s.yaml: not valid YAML
                    prompt: !!binary aGk=       | prompt 1 of 1: a value is neither text, number
                    cfg_scale: .nan             | prompt 1 of 1: a value is neither text, number
                    1: a                        | prompt 1 of 1: the name of a field is 1; it should be text
                    prompt: &x [*x]             | prompt 1 of 1: the prompt is too large, too deep, or contains itself
                    # only a comment            | s.yaml: the file is empty
                    []                          | s.yaml: the list is empty: there is no prompt in it
                    a cat                       | prompt 1 of 1: a prompt is an object with a `prompt` field, not "a cat"
                    - prompt: a~- b~            | prompt 2 of 2: a prompt is an object with a `prompt` field, not "b"
                    - prompt: a~-~              | prompt 2 of 2: a prompt is an object with a `prompt` field, not null
                    prompt: a~sound: false      | prompt 1 of 1: `sound` is false; it should be the text "on" or "off"
                    prompt: "a\\0"              | prompt 1 of 1: `prompt` holds the control character U+0000
                    """)
    void what_is_not_yaml_or_no_prompt_is_refused_with_its_place(String text, String wrong) {
        assertThat(drop.wrong("s.yaml", text.replace('~', '\n').replace("\\t", "\t")))
                .singleElement()
                .asString()
                .startsWith(wrong);
    }

    @Test
    void endless_nesting_is_refused() {
        assertThat(drop.wrong("s.yaml", "[".repeat(100_000)))
                .containsExactly(
                        "s.yaml: not valid YAML: lists or mappings lie too deep in each other");
    }

    @Test
    void an_anchor_may_be_shared_by_many_prompts() throws Exception {
        String first = "- prompt: a\n  watermark_info: &w {enabled: true}\n";

        assertThat(drop.read("s.yaml", first + "- {prompt: b, watermark_info: *w}\n".repeat(500)))
                .hasSize(501)
                .allSatisfy(
                        prompt ->
                                assertThat(prompt.request())
                                        .containsEntry("watermark_info", Map.of("enabled", true)));
    }
}
