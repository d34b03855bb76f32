package dev.klingroutes.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docs/embedding.md tells what is in the tested examples and in the kamelets, and nothing else. */
class EmbeddingPageTest {
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```(\\w*) ?(\\S*)$\n(.*?)^```$");

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/embedding.md"));
    }

    static List<MatchResult> snippets() throws IOException {
        return SNIPPET.matcher(page()).results().toList();
    }

    @Test
    void there_are_snippets_of_every_host() throws IOException {
        assertThat(snippets().stream().map(snippet -> snippet.group(2)))
                .hasSizeGreaterThan(7)
                .anyMatch(file -> file.startsWith("examples/plain-camel/"))
                .anyMatch(file -> file.startsWith("examples/spring-boot/"))
                .anyMatch(file -> file.startsWith("examples/quarkus/"));
        assertThat(page().lines().filter(line -> line.startsWith("```")).count())
                .isEqualTo(2L * snippets().size());
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void a_snippet_is_in_the_file_it_names(MatchResult snippet) throws IOException {
        assertThat(Path.of(snippet.group(2))).content().contains(snippet.group(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kling-video-sink", "kling-video-source", "kling-text-to-video-action"})
    void a_kamelets_table_has_its_properties_and_defaults(String name) throws IOException {
        Path file = Path.of("kamelets", name + ".kamelet.yaml");
        Object kamelet =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        Map<?, ?> properties = (Map<?, ?>) at(at(at(kamelet, "spec"), "definition"), "properties");
        TreeSet<String> rows = new TreeSet<>();
        page().lines()
                .dropWhile(line -> !line.startsWith("| `" + name + "`"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .forEach(
                        line -> {
                            String property = line.split("`")[1];
                            rows.add(property);
                            Object value = at(properties.get(property), "default");
                            if (value != null && !value.equals("")) {
                                assertThat(line).contains("| `" + value + "` |");
                            }
                        });

        assertThat(rows)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(
                        properties.keySet().stream().map(String::valueOf).toList());
    }

    @Test
    void every_test_it_names_exists() throws IOException {
        TreeSet<String> named = new TreeSet<>();
        Pattern.compile("`([A-Z]\\w+(?:Test|Run|IT))`")
                .matcher(page())
                .results()
                .forEach(match -> named.add(match.group(1)));
        try (Stream<Path> tests = Files.walk(Path.of("src/test/java"))) {
            assertThat(
                            tests.map(path -> path.getFileName().toString().replace(".java", ""))
                                    .toList())
                    .containsAll(named);
        }
        assertThat(named).isNotEmpty();
    }

    private static Object at(Object node, String key) {
        return node == null ? null : ((Map<?, ?>) node).get(key);
    }
}
