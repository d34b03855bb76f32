package dev.klingroutes.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every YAML file of ours that Camel reads, wherever it lies. */
class EveryYamlTest {
    private static final List<String> FOLDERS = List.of("routes", "kamelets", "examples");

    @Test
    void none_is_overlooked() throws IOException {
        try (Stream<Path> all = Files.walk(Path.of(""))) {
            List<String> found =
                    all.map(Path::toString)
                            .filter(name -> name.matches("(?!src/|target/|\\.).*\\.ya?ml"))
                            .filter(name -> !name.contains("/target/"))
                            // this one is for us and not for Camel
                            .filter(name -> !name.equals("config/models.yaml"))
                            .toList();

            assertThat(files().stream().map(Path::toString))
                    .containsExactlyInAnyOrderElementsOf(found)
                    .contains(
                            "routes/task-watch.camel.yaml",
                            "kamelets/kling-text-to-video-action.kamelet.yaml",
                            "examples/jbang/try-it.camel.yaml",
                            "examples/quarkus/src/main/resources/camel/first-video.camel.yaml")
                    .hasSizeGreaterThan(14);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_SHORT_HAND", "NO_QUERY_IN_AN_ADDRESS", "VALID_FOR_CAMELS_SCHEMA"})
    void each_keeps_the_rule(Rule rule) throws IOException {
        for (Path file : files()) {
            Room room = read(file, Files.readString(file));

            assertThat(room.steps().size() + room.named("beans").size() + room.elements().size())
                    .as("%s", file)
                    .isPositive();
            assertThat(rule.faults(room)).as("%s in %s", rule, file).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_SHORT_HAND", "VALID_FOR_CAMELS_SCHEMA"})
    void a_wrong_kamelet_is_seen(Rule rule) throws IOException {
        Path file = Path.of("kamelets/kling-text-to-video-action.kamelet.yaml");
        String right = Files.readString(file);
        String wrong =
                rule == Rule.VALID_FOR_CAMELS_SCHEMA
                        ? right.replace("asyncDelayed: true", "asyncDelayed: \"true\"")
                        : right.replaceFirst(
                                "constant:\\s+expression: \"\\{\\{every}}\"",
                                "constant: \"{{every}}\"");

        assertThat(wrong).isNotEqualTo(right);
        assertThat(rule.faults(read(file, right))).isEmpty();
        assertThat(rule.faults(read(file, wrong))).isNotEmpty();
    }

    @Test
    void the_examples_of_the_hosts_have_the_same_routes() throws IOException {
        List<String> routes = new ArrayList<>();
        for (Path file : files()) {
            if (file.endsWith("first-video.camel.yaml")) {
                routes.add(Files.readString(file));
            }
        }

        assertThat(routes).hasSize(4);
        assertThat(routes).allMatch(routes.get(0)::equals);
    }

    private static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.filter(file -> file.toString().matches("(?!.*/target/).*\\.ya?ml"))
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** A kamelet's template is a route with its beans. */
    private static Room read(Path file, String text) throws IOException {
        String stem = file.getFileName().toString().replaceFirst("\\..*", "");
        if (!file.toString().endsWith(".kamelet.yaml")) {
            return Room.of(stem, text);
        }
        Object kamelet = new Load(LoadSettings.builder().build()).loadFromString(text);
        Map<String, Object> template =
                Room.map(Room.map(Room.map(kamelet).get("spec")).get("template"));
        Map<String, Object> properties =
                Room.map(
                        Room.map(Room.map(Room.map(kamelet).get("spec")).get("definition"))
                                .get("properties"));
        List<Object> elements = new ArrayList<>();
        if (template.containsKey("beans")) {
            elements.add(Map.of("beans", template.get("beans")));
        }
        elements.add(Map.of("route", Map.of("from", filledIn(template.get("from"), properties))));
        return Room.of(stem, new ObjectMapper().writeValueAsString(elements));
    }

    /** Where the schema wants a number, a parameter that is one may stand for it. */
    private static Object filledIn(Object node, Map<String, Object> properties) {
        if (node instanceof List<?> list) {
            return list.stream().map(one -> filledIn(one, properties)).toList();
        }
        Map<String, Object> filled = new LinkedHashMap<>();
        for (Map.Entry<String, Object> field : Room.map(node).entrySet()) {
            Object value = field.getValue();
            if (value instanceof String text) {
                Map<String, Object> property =
                        Room.map(properties.get(text.replaceAll("[{}]", "")));
                boolean number = text.startsWith("{{") && "integer".equals(property.get("type"));
                filled.put(
                        field.getKey(),
                        number && !field.getKey().equals("expression")
                                ? property.get("default")
                                : text);
            } else {
                filled.put(
                        field.getKey(),
                        value instanceof List || value instanceof Map
                                ? filledIn(value, properties)
                                : value);
            }
        }
        return node instanceof Map ? filled : node;
    }
}
