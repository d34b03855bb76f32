package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldsTest {
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
                    "kind":"text2video"                | null
                    "mode":"4k"                        | {mode=4k}
                    "duration":7                       | {duration=7}
                    "duration":"07"                    | {duration=7}
                    "duration":5.0                     | {duration=5}
                    "aspect_ratio":"1:1"               | {aspect_ratio=1:1}
                    "sound":"on"                       | {sound=on}
                    "cfg_scale":0                      | {cfg_scale=0}
                    "cfg_scale":1.0                    | {cfg_scale=1.0}
                    "negative_prompt":""               | {negative_prompt=}
                    "multi_shot":true                  | {multi_shot=true}
                    "shot_type":"intelligence"         | {shot_type=intelligence}
                    "voice_list":[{"voice_id":"v"}]    | {voice_list=[{voice_id=v}]}
                    "watermark_info":{"enabled":false} | {watermark_info={enabled=false}}
                    "camera_control":{"type":"down_back","config":null} | {camera_control={type=down_back}}
                    """)
    void a_right_value_is_sent(String field, String sent) throws Exception {
        Path file = drop.file("s.json", "{\"prompt\":\"a\"," + field + "}");
        PromptReader reader =
                DropFolder.reader(
                        Map.of(
                                "kling.prompt.unknown-models", "pass",
                                "kling.prompt.model-name", "",
                                "kling.prompt.mode", "",
                                "kling.prompt.duration", "",
                                "kling.prompt.aspect-ratio", "",
                                "kling.prompt.sound", ""));

        Map<String, Object> request = reader.read(file, List.of()).get(0).request();

        request.remove("prompt");
        assertThat(request).hasToString("null".equals(sent) ? "{}" : sent);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "kind":"image2video"       | 'kind' is "image2video"; only 'text2video' is supported for now
                    "kind":1                   | 'kind' is 1; only 'text2video' is supported for now
                    "mode":"PRO"               | 'mode' is "PRO"; it should be the text "std", "pro" or "4k"; did you mean "pro"?
                    "mode":"prp"               | 'mode' is "prp"; it should be the text "std", "pro" or "4k"; did you mean "pro"?
                    "duration":5.5             | 'duration' is 5.5; it should be a whole number of seconds, like 5
                    "duration":0               | 'duration' is 0; it should be a whole number of seconds, like 5
                    "duration":"-5"            | 'duration' is "-5"; it should be a whole number of seconds, like 5
                    "duration":1e9             | 'duration' is 1.0E9; it should be a whole number of seconds, like 5
                    "duration":[5]             | 'duration' is a list; it should be a whole number of seconds, like 5
                    "aspect_ratio":"4:3"       | 'aspect_ratio' is "4:3"; it should be the text "16:9", "9:16" or "1:1"
                    "sound":true               | 'sound' is true; it should be the text "on" or "off"
                    "cfg_scale":1.01           | 'cfg_scale' is 1.01; it should be a number from 0 to 1
                    "cfg_scale":"0.5"          | 'cfg_scale' is "0.5"; it should be a number from 0 to 1
                    "model_name":" "           | 'model_name' is blank
                    "model_name":3             | 'model_name' is 3; it should be text
                    "negative_prompt":{}       | 'negative_prompt' is an object; it should be text
                    "multi_shot":"true"        | 'multi_shot' is "true"; it should be true or false
                    "multi_prompt":[]          | 'multi_prompt' is a list of 0; it should be a list of 1 to 6
                    "multi_prompt":[{"index":1.5}] | 'multi_prompt[0].index' is 1.5; it should be a whole number from 0 to 1000
                    "multi_prompt":[{"promt":"a"}] | unknown field 'multi_prompt[0].promt'; did you mean 'prompt'?
                    "voice_list":["v"]         | 'voice_list[0]' is "v"; it should be an object
                    "watermark_info":true      | 'watermark_info' is true; it should be an object
                    "camera_control":{"config":{"pan":11}} | 'camera_control.config.pan' is 11; it should be a number from -10 to 10
                    "model":"kling-v3"         | 'model' is ignored by the provider, which would run kling-v1; use 'model_name'
                    "external_task_id":"x"     | 'external_task_id' is set by Kling Routes itself; leave it out
                    "budget-per-day":10        | 'budget-per-day' holds for a folder; it belongs in the folder~s _defaults.yaml
                    "callback_url":"https://x" | 'callback_url' is set by Kling Routes itself; leave it out
                    "zzz":1                    | unknown field 'zzz'
                    "name":7                   | 'name' is 7; it should be text
                    "name":" "                 | 'name' " " cannot name a file: it is blank
                    "name":"a/b"               | 'name' "a/b" cannot name a file: it holds / or \\
                    "name":"a\\\\b"            | 'name' "a\\b" cannot name a file: it holds / or \\
                    "name":".."                | 'name' ".." cannot name a file: it begins with a dot
                    "name":"a\\tb"             | 'name' "a b" cannot name a file: it holds a control character
                    "negative_prompt":"\\ud800" | 'negative_prompt' holds the control character U+D800
                    """)
    void a_wrong_value_is_refused_with_what_it_should_be(String field, String wrong) {
        assertThat(drop.wrong("s.json", "{\"prompt\":\"a\"," + field + "}"))
                .containsExactly("prompt 1 of 1: " + wrong.replace('\'', '`').replace('~', '\''));
    }

    @ParameterizedTest
    @CsvSource({"model", "external_task_id", "callback_url"})
    void some_fields_are_refused_even_if_unknown_ones_pass(String field) throws Exception {
        Path file = drop.file("s.json", "{\"prompt\":\"a\",\"" + field + "\":\"x\"}");

        assertThat(
                        catchThrowable(
                                () ->
                                        DropFolder.reader(
                                                        Map.of(
                                                                "kling.prompt.unknown-fields",
                                                                "pass"))
                                                .read(file, List.of())))
                .isInstanceOf(PromptRefused.class)
                .hasMessageContaining("`" + field + "`");
    }

    @Test
    void a_prompt_has_at_most_2500_characters_and_a_cat_is_one() throws Exception {
        assertThat(drop.one("s.txt", "🐈".repeat(2500)).request()).containsKey("prompt");
        assertThat(drop.wrong("s.txt", "🐈".repeat(2501)))
                .containsExactly(
                        "prompt 1 of 1: `prompt` has 2501 characters; kling-v3 takes at most 2500");
        assertThat(drop.wrong("s.csv", "prompt,negative_prompt\na," + "b".repeat(2501) + "\n"))
                .containsExactly(
                        "row 1 (line 2): `negative_prompt` has 2501 characters; kling-v3 takes at most 2500");
    }

    @Test
    void a_name_has_at_most_200_characters() throws Exception {
        String json = "{\"prompt\":\"a\",\"name\":\"%s\"}";

        assertThat(drop.one("s.json", json.formatted("n".repeat(200))).name()).hasSize(200);
        assertThat(drop.wrong("s.json", json.formatted("n".repeat(201))).get(0))
                .contains("`name` \"" + "n".repeat(60) + "…\"")
                .endsWith("it has more than 200 characters");
    }

    @Test
    void a_value_is_shown_in_sixty_characters_on_one_line() {
        assertThat(
                        drop.wrong(
                                "s.json",
                                "{\"prompt\":\"a\",\"mode\":\"x\\n" + "y".repeat(900) + "\"}"))
                .singleElement()
                .asString()
                .contains("`mode` is \"x " + "y".repeat(58) + "…\"; it should be");
    }
}
