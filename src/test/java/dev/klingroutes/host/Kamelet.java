package dev.klingroutes.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A file of the folder kamelets/. */
record Kamelet(String fileName, String text, Map<String, Object> yaml) {
    static final Path FOLDER = Path.of("kamelets");
    private static final Pattern PARAMETER =
            Pattern.compile("\\{\\{[?]?([A-Za-z0-9-._]+)(?::[^}]*)?}}");

    /** Every file there is, of whatever name. */
    static List<Kamelet> all() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(Files::isRegularFile).sorted().map(Kamelet::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Kamelet read(Path file) {
        try {
            return of(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Kamelet of(String fileName, String text) {
        Object parsed = new Load(LoadSettings.builder().build()).loadFromString(text);
        return new Kamelet(fileName, text, map(parsed));
    }

    String name() {
        return String.valueOf(metadata().get("name"));
    }

    Map<String, Object> metadata() {
        return map(yaml.get("metadata"));
    }

    String annotation(String name) {
        Object value = map(metadata().get("annotations")).get("camel.apache.org/" + name);
        return value == null ? "" : value.toString();
    }

    String type() {
        return String.valueOf(map(metadata().get("labels")).get("camel.apache.org/kamelet.type"));
    }

    Map<String, Object> spec() {
        return map(yaml.get("spec"));
    }

    Map<String, Object> definition() {
        return map(spec().get("definition"));
    }

    Map<String, Object> properties() {
        return map(definition().get("properties"));
    }

    Map<String, Object> template() {
        return map(spec().get("template"));
    }

    List<?> dependencies() {
        return list(spec().get("dependencies"));
    }

    List<String> beans() {
        return list(template().get("beans")).stream()
                .map(bean -> String.valueOf(map(bean).get("name")))
                .toList();
    }

    /** What stands in double braces anywhere in the template. */
    TreeSet<String> parameters() {
        TreeSet<String> names = new TreeSet<>();
        texts(template())
                .forEach(
                        text ->
                                PARAMETER
                                        .matcher(text)
                                        .results()
                                        .forEach(found -> names.add(found.group(1))));
        return names;
    }

    /** The addresses that the template goes to, comes from, or asks. */
    List<String> addresses() {
        return values("uri", template());
    }

    private static List<String> values(String key, Object node) {
        List<String> found = new ArrayList<>();
        if (node instanceof Map<?, ?> fields) {
            fields.forEach(
                    (name, value) -> {
                        if (name.equals(key)) {
                            found.add(String.valueOf(value));
                        }
                        found.addAll(values(key, value));
                    });
        }
        list(node).forEach(one -> found.addAll(values(key, one)));
        return found;
    }

    private static List<String> texts(Object node) {
        List<String> found = new ArrayList<>();
        if (node instanceof String text) {
            found.add(text);
        }
        map(node).values().forEach(one -> found.addAll(texts(one)));
        list(node).forEach(one -> found.addAll(texts(one)));
        return found;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object node) {
        return node instanceof Map ? (Map<String, Object>) node : Map.of();
    }

    static List<?> list(Object node) {
        return node instanceof List<?> list ? list : List.of();
    }
}
