package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN =
            List.of("name", "prompt", "mode", "model_name", "aspect_ratio", "negative_prompt");

    @ParameterizedTest
    @CsvSource({
        "promt,prompt",
        "Prompt,prompt",
        "prmopt,prompt",
        "modle_name,model_name",
        "aspectRatio,aspect_ratio",
        "negativePrompt,negative_prompt",
        "mod,mode"
    })
    void a_misspelt_word_finds_its_neighbour(String word, String near) {
        assertThat(Nearest.to(word, KNOWN)).contains(near);
    }

    @ParameterizedTest
    @CsvSource({"zebra", "''", "ratio", "seed"})
    void a_word_that_is_like_none_finds_none(String word) {
        assertThat(Nearest.to(word, KNOWN)).isEmpty();
    }

    @Test
    void nothing_known_is_nothing_near() {
        assertThat(Nearest.to("prompt", List.of())).isEmpty();
    }
}
