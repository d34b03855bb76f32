package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsTest {
    @TempDir Path folder;

    private static Models shipped() {
        return new Models(Settings.of(Map.of("kling.prompt.models", "")));
    }

    private Models with(String yaml) throws IOException {
        Path own = Files.writeString(folder.resolve("own.yaml"), yaml);
        return new Models(Settings.of(Map.of("kling.prompt.models", own.toString())));
    }

    @Test
    void all_models_of_the_capability_maps_are_there() {
        assertThat(shipped().names(any -> true))
                .containsExactlyInAnyOrder(
                        "kling-v1",
                        "kling-v1-6",
                        "kling-v2-master",
                        "kling-v2-1-master",
                        "kling-v2-5-turbo",
                        "kling-v2-6",
                        "kling-v3");
        assertThat(shipped().names())
                .contains(
                        "kling-v1-5",
                        "kling-v2-1",
                        "kling-v3-omni",
                        "kling-video-o1",
                        "kling-3.0-turbo")
                .hasSize(12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    kling-v1          | [std, pro]     | [5, 10] | []             | cfg_scale std+5
                    kling-v1-6        | [std, pro]     | [5, 10] | []             | cfg_scale
                    kling-v2-master   | []             | [5, 10] | []             |
                    kling-v2-1-master | []             | [5, 10] | []             |
                    kling-v2-5-turbo  | [std, pro]     | [5, 10] | []             |
                    kling-v2-6        | [std, pro]     | [5, 10] | [pro]          |
                    kling-v3          | [std, pro, 4k] | [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] | [std, pro, 4k] | multi_shot
                    """)
    void a_model_allows_what_the_capability_map_says(
            String name, String modes, String durations, String sound, String more) {
        Model model = shipped().find(name).orElseThrow();

        assertThat(model.kinds()).containsExactly("text2video");
        assertThat(model.modes()).hasToString(modes);
        assertThat(model.durations()).hasToString(durations);
        assertThat(model.aspectRatios()).containsExactly("16:9", "9:16", "1:1");
        assertThat(model.sound()).hasToString(sound);
        assertThat(
                        (model.cfgScale() ? "cfg_scale " : "")
                                + (model.cameraMode() == null
                                        ? ""
                                        : model.cameraMode() + "+" + model.cameraDuration())
                                + (model.multiShot() ? "multi_shot" : ""))
                .isEqualToIgnoringWhitespace(more == null ? "" : more);
        assertThat(model.voices()).isFalse();
        assertThat(model.prompt()).isEqualTo(2500);
        assertThat(model.negativePrompt()).isEqualTo(2500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    kling-v3          | std | 5  | off | $0.42
                    kling-v3          | std | 5  | on  | $0.63
                    kling-v3          | pro | 10 | off | $1.12
                    kling-v3          | pro | 10 | on  | $1.68
                    kling-v3          | 4k  | 15 | on  | $6.30
                    kling-v3          | 4k  | 3  | off | $1.26
                    kling-v2-6        | std | 5  | off | $0.21
                    kling-v2-6        | pro | 5  | off | $0.35
                    kling-v2-6        | pro | 10 | on  | $1.40
                    kling-v2-5-turbo  | std | 10 | off | $0.42
                    kling-v2-5-turbo  | pro | 5  | off | $0.35
                    kling-v2-1-master |     | 5  |     | $1.32
                    kling-v2-master   |     | 10 |     | $2.64
                    kling-v1-6        | std | 10 | off | $0.53
                    kling-v1-6        | pro | 5  | off | $0.46
                    kling-v1          | std | 5  |     | $0.13
                    kling-v1          |     |    |     | $0.13
                    kling-v1          | pro | 10 | off | $0.92
                    """)
    void a_price_is_the_one_of_the_list(
            String model, String mode, String duration, String sound, String price) {
        Map<String, Object> request = new java.util.HashMap<>();
        request.put("model_name", model);
        request.put("mode", mode);
        request.put("duration", duration);
        request.put("sound", sound);

        assertThat(shipped().price("text2video", request)).contains(Dollars.of(price));
        assertThat(shipped().priceFrom(request))
                .matches("(Kling list|CometAPI article), 202\\d-.*");
    }

    @Test
    void every_combination_that_a_model_makes_has_a_price() {
        for (String name : shipped().names(any -> true)) {
            Model model = shipped().find(name).orElseThrow();
            for (String mode : model.modes().isEmpty() ? List.of("any") : model.modes()) {
                assertThat(model.price()).as(name).containsKey(mode);
            }
            for (String mode : model.sound()) {
                assertThat(model.price()).as(name).containsKey(mode + "+sound");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "text2video, kling-v4, std, 5",
        "image2video, kling-v3, std, 5",
        "text2video, kling-v3, 8k, 5",
        "text2video, kling-v3, std, five",
        "text2video, kling-v2-1, std, 5"
    })
    void what_is_on_no_list_has_no_price(String kind, String model, String mode, String seconds) {
        assertThat(
                        shipped()
                                .price(
                                        kind,
                                        Map.of(
                                                "model_name", model,
                                                "mode", mode,
                                                "duration", seconds)))
                .isEmpty();
    }

    @Test
    void a_file_of_ones_own_adds_a_model() throws Exception {
        Models models =
                with(
                        """
                        models:
                          kling-v4:
                            kinds: [text2video]
                            modes: [std, 8k]
                            durations: [20]
                            sound: [8k]
                            prompt: 5000
                            price: {date: 2027-01-02, source: my contract, std: 0.1, 8k+sound: 1}
                        """);

        assertThat(models.names(any -> true)).contains("kling-v3", "kling-v4");
        assertThat(models.words(Model::modes)).containsExactly("std", "pro", "4k", "8k");
        Map<String, String> request =
                Map.of("model_name", "kling-v4", "mode", "8k", "duration", "20", "sound", "on");
        assertThat(models.price("text2video", request)).contains(Dollars.of("20"));
        assertThat(models.priceFrom(request)).isEqualTo("my contract, 2027-01-02");
    }

    @Test
    void a_model_of_the_same_name_replaces_ours_wholly() throws Exception {
        Models models =
                with("models: {kling-v3: {kinds: [text2video], modes: [std], durations: [5]}}");

        Model model = models.find("kling-v3").orElseThrow();
        assertThat(model.modes()).containsExactly("std");
        assertThat(model.multiShot()).isFalse();
        assertThat(models.price("text2video", Map.of("model_name", "kling-v3"))).isEmpty();
        assertThat(models.find("kling-v2-6")).isPresent();
    }

    @Test
    void replace_drops_all_of_ours() throws Exception {
        Models models = with("replace: true\nmodels: {new: {kinds: [text2video], durations: [5]}}");

        assertThat(models.names()).containsExactly("new");
        assertThat(
                        new PromptReader(
                                        models,
                                        Settings.of(Map.of("kling.prompt.model-name", "new")))
                                .check("x", Map.of("prompt", "a cat"))
                                .request())
                .isEqualTo(Map.of("prompt", "a cat", "model_name", "new", "duration", "5"));
    }

    @Test
    void a_file_that_is_empty_adds_nothing() throws Exception {
        assertThat(with("# later\n").names()).isEqualTo(shipped().names());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    models: {m: {kinds: [text2video]}} | m.durations is missing
                    models: {m: {durations: [5]}}      | m.kinds is missing
                    models: {m: }                      | m.kinds is missing
                    models: {m: {kinds: [text2vide], durations: [5]}} | m.kinds is "text2vide"; it must be one of
                    models: [m]                        | models must be fields with values
                    - models                           | the file must be fields with values
                    model: {m: {}}                     | unknown field model; did you mean models?
                    replace: yes                       | replace must be true or false
                    models: {m: {GOOD, modus: [std]}}  | unknown field m.modus; did you mean modes?
                    models: {m: {GOOD, modes: std}}    | m.modes must be a list
                    models: {m: {GOOD, modes: [{std: 1}]}} | m.modes must be a list
                    models: {m: {kinds: [text2video], durations: [5, ten]}} | m.durations is "ten"; it must be a whole number
                    models: {m: {kinds: [text2video], durations: [0]}} | m.durations is "0"; it must be a whole number
                    models: {m: {GOOD, modes: [std], sound: [prp]}} | m.sound is "prp"; it must be one of std
                    models: {m: {GOOD, sound: [std]}}  | m.sound is "std"; it must be one of any
                    models: {m: {GOOD, cfg_scale: 1}}  | m.cfg_scale must be true or false
                    models: {m: {GOOD, prompt: many}}  | m.prompt is "many"; it must be a whole number
                    models: {m: {GOOD, modes: [std], camera_control: {mode: pro, duration: 5}}} | m.camera_control.mode is "pro"; it must be one of std
                    models: {m: {GOOD, modes: [std], camera_control: {mode: std}}} | m.camera_control.duration is null
                    models: {m: {GOOD, modes: [std], camera_control: {mode: std, duration: 7}}} | m.camera_control.duration is "7"; it must be one of 5
                    models: {m: {GOOD, modes: [std], camera_control: {mod: std}}} | unknown field m.camera_control.mod
                    models: {m: {GOOD, modes: [std], price: {PRICED, prp: 1}}} | unknown field m.price.prp
                    models: {m: {GOOD, modes: [std], price: {PRICED, std+sound: 1}}} | unknown field m.price.std+sound
                    models: {m: {GOOD, modes: [std], price: {PRICED, any: 1}}} | unknown field m.price.any
                    models: {m: {GOOD, modes: [std], price: {PRICED, std: $1}}} | m.price.std is "$1"; it must be dollars a second
                    models: {m: {GOOD, modes: [std], price: {PRICED, std: -1}}} | m.price.std is -1; it must be dollars
                    models: {m: {GOOD, modes: [std], price: {PRICED, std: .nan}}} | m.price.std is NaN; it must be dollars
                    models: {m: {GOOD, modes: [std], price: {std: 1}}} | m.price must say its date and its source
                    models: {m: {                      | not valid YAML
                    models: {m: {GOOD}, m: {GOOD}}     | not valid YAML
                    """)
    void what_is_wrong_in_a_file_of_ones_own_is_named(String yaml, String wrong) {
        String text =
                yaml.replace("GOOD", "kinds: [text2video], durations: [5]")
                        .replace("PRICED", "date: 2027-01, source: x");

        assertThatThrownBy(() -> with(text))
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("The model list " + folder.resolve("own.yaml"))
                .hasMessageContaining(wrong);
    }

    @Test
    void a_file_that_was_asked_for_must_be_there_and_readable() {
        for (Path own : List.of(folder.resolve("none.yaml"), folder)) {
            assertThatThrownBy(
                            () ->
                                    new Models(
                                            Settings.of(
                                                    Map.of("kling.prompt.models", own.toString()))))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining(own.toString());
        }
        assertThat(Optional.of(shipped().names())).isPresent();
    }
}
