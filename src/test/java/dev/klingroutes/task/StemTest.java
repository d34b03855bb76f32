package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that fit into a file system's 255 bytes. */
class StemTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "ä", "語", "😀", "aä語😀", "\ud83d", "\ude00\ud83d", "a\ud83d😀"})
    void a_stem_keeps_as_many_whole_letters_as_fit(String letters) {
        for (int lead = 0; lead < 5; lead++) {
            String stem = "x".repeat(lead) + letters.repeat(200);

            assertThat(Stem.cut(stem)).isEqualTo(letterByLetter(stem));
        }
    }

    @Test
    void what_fits_is_left_and_nothing_is_called_prompt() {
        assertThat(Stem.cut("ä".repeat(85))).isEqualTo("ä".repeat(85));
        assertThat(Stem.cut(" ".repeat(300) + "a")).isEqualTo("prompt");
        assertThat(Stem.cut("")).isEqualTo("prompt");
    }

    @Test
    void millions_of_letters_are_not_measured_again_for_each() {
        // a quadratic cut takes hours
        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> assertThat(Stem.cut("x".repeat(5_000_000))).hasSize(170));
    }

    private static String letterByLetter(String stem) {
        String cut = stem;
        while (cut.getBytes(StandardCharsets.UTF_8).length > 170) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }
}
