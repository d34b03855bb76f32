package dev.klingroutes.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conventions of the folder kamelets/. */
class KameletsTest {
    @Test
    void every_file_of_the_folder_is_a_kamelet_and_comes_with_the_jar() throws IOException {
        List<Kamelet> all = Kamelet.all();

        assertThat(all).extracting(Kamelet::name).contains("kling-video-sink");
        for (Kamelet kamelet : all) {
            URL packaged = getClass().getResource("/kamelets/" + kamelet.fileName());
            assertThat(packaged).as(kamelet.fileName()).isNotNull();
            try (var in = packaged.openStream()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(kamelet.text());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_kamelet_keeps_the_rule(KameletRule rule) {
        List<Kamelet> all = Kamelet.all();

        assertThat(all).isNotEmpty();
        for (Kamelet kamelet : all) {
            assertThat(rule.faults(kamelet)).as("%s in %s", rule, kamelet.fileName()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_rule_sees_a_wrong_example(KameletRule rule) {
        assertThat(rule.faults(KameletRule.goodExample())).isEmpty();
        assertThat(rule.faults(rule.wrongExample())).isNotEmpty();
    }

    @Test
    void no_two_kamelets_say_the_same_of_themselves() {
        for (String key : List.of("title", "description")) {
            assertThat(Kamelet.all().stream().map(kamelet -> kamelet.definition().get(key)))
                    .doesNotHaveDuplicates();
        }
    }
}
