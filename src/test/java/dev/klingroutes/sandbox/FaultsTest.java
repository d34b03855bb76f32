package dev.klingroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
    private final List<String> struck = new ArrayList<>();

    @Test
    void aNumberOfTimesIsUsedUp() {
        Faults faults = read("look.500=2x, look.empty=1x");
        assertThat(draws(faults, 4)).containsExactly("500", "500", "empty", Faults.NONE);
        assertThat(struck).containsExactly("look.500", "look.500", "look.empty");
        assertThat(faults.draw("create")).isEqualTo(Faults.NONE);
    }

    @Test
    void aProbabilityIsRolled() {
        List<String> drawn = draws(read("look.500=0.1,look.503=0.3"), 10_000);
        assertThat(drawn.stream().filter("500"::equals).count()).isBetween(900L, 1_100L);
        assertThat(drawn.stream().filter("503"::equals).count()).isBetween(2_850L, 3_150L);
    }

    @Test
    void aFaultThatDoesNotApplyWaits() {
        Faults faults = read("look.no-links=1x");
        assertThat(faults.draw("look", name -> false)).isEqualTo(Faults.NONE);
        assertThat(faults.draw("look", name -> true)).isEqualTo("no-links");
    }

    @Test
    void anUnknownNameIsToldWithTheNearestKnown() {
        assertThatThrownBy(() -> read("create.lost-reply=1x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'create.lost-reply'")
                .hasMessageContaining("'create.lose-reply'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "look.500=1.1",
                "look.500=-1",
                "look.500=NaN",
                "look.500=x",
                "look.500=often",
                "look.500=0.6,look.503=0.6",
                "slow-ms=soon"
            })
    void aBadValueIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private Faults read(String text) {
        return Faults.read(text, new Random(1), struck::add);
    }

    private static List<String> draws(Faults faults, int times) {
        return IntStream.range(0, times).mapToObj(i -> faults.draw("look")).toList();
    }
}
