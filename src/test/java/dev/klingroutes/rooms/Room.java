package dev.klingroutes.rooms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A file of the folder routes/, as YAML.
 *
 * @param stem its name without .camel.yaml
 */
record Room(String stem, String text, List<Map<String, Object>> elements) {
    private static final String ENDING = ".camel.yaml";
    private static final List<String> INNER =
            List.of("steps", "when", "otherwise", "onFallback", "doCatch", "doFinally");

    /** A step with its kind, such as {@code to}. */
    record Step(String kind, Object body) {
        @SuppressWarnings("unchecked")
        Map<String, Object> fields() {
            return body instanceof Map ? (Map<String, Object>) body : Map.of();
        }
    }

    static List<Room> all() {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.sorted().map(Room::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Room read(Path file) {
        try {
            String name = file.getFileName().toString();
            String stem = name.endsWith(ENDING) ? name.replace(ENDING, "") : name;
            return of(stem, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Room of(String stem, String text) {
        Object parsed = new Load(LoadSettings.builder().build()).loadFromString(text);
        return new Room(stem, text, (List<Map<String, Object>>) parsed);
    }

    List<Map<String, Object>> named(String element) {
        return elements.stream()
                .filter(one -> one.containsKey(element))
                .map(one -> map(one.get(element)))
                .toList();
    }

    List<Map<String, Object>> routes() {
        return named("route");
    }

    /** The steps at the top of a route. */
    static List<Step> topSteps(Map<String, Object> route) {
        return direct(map(route.get("from")).get("steps"));
    }

    /** All steps of the file, also those inside others. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        routes().forEach(route -> collect(map(route.get("from")), steps));
        named("routeConfiguration").forEach(route -> collect(route, steps));
        return steps;
    }

    private static void collect(Object node, List<Step> steps) {
        if (node instanceof List<?> list) {
            list.forEach(one -> collect(one, steps));
        } else if (node instanceof Map<?, ?> fields) {
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                if (field.getKey().equals("steps")) {
                    for (Step step : direct(field.getValue())) {
                        steps.add(step);
                        collect(step.body(), steps);
                    }
                } else if (INNER.contains(field.getKey())
                        || String.valueOf(field.getKey()).startsWith("on")) {
                    collect(field.getValue(), steps);
                }
            }
        }
    }

    private static List<Step> direct(Object steps) {
        List<Step> all = new ArrayList<>();
        if (steps instanceof List<?> list) {
            for (Object one : list) {
                map(one).forEach((kind, body) -> all.add(new Step(kind, body)));
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object node) {
        return node instanceof Map ? (Map<String, Object>) node : Map.of();
    }

    /** What is set, without comments. */
    String code() {
        return text.replaceAll("(?m)^\\s*#.*$", "");
    }
}
