package dev.klingroutes.prompt;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The models of models.yaml: ours, and those of the user's own file, which win. */
public final class Models {
    private static final Set<String> FIELDS =
            Set.of(
                    "kinds",
                    "modes",
                    "durations",
                    "aspect_ratios",
                    "sound",
                    "cfg_scale",
                    "camera_control",
                    "multi_shot",
                    "voice_list",
                    "prompt",
                    "negative_prompt",
                    "price");
    private static final int CHARACTERS = 2500;

    private final Map<String, Model> models = new LinkedHashMap<>();

    /**
     * Reads the shipped list and the file that {@code kling.prompt.models} names, if it is there.
     *
     * @throws CannotStart naming the file, the model and the field that is wrong
     */
    public Models(Settings settings) {
        add("models.yaml", shipped());
        Path own = settings.folder("kling.prompt.models");
        if (Files.exists(own)) {
            try {
                add(own.toString(), Files.readString(own));
            } catch (IOException e) {
                throw new CannotStart("The model list " + own + " cannot be read: " + e, e);
            }
        }
    }

    /**
     * What the list says a request costs; empty if it does not know.
     *
     * @param request the provider's body
     */
    public Optional<Dollars> price(String kind, Map<String, ?> request) {
        return find(String.valueOf(request.get("model_name")))
                .filter(model -> model.kinds().contains(kind))
                .flatMap(model -> model.price(request));
    }

    Optional<Model> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    Set<String> names() {
        return models.keySet();
    }

    private static String shipped() {
        try (InputStream in = Models.class.getResourceAsStream("/kling/models.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String file, String text) {
        try {
            Map<?, ?> all = map(Yaml.parse(text), "the file");
            unknown(all, Set.of("models", "replace"), "");
            if (Boolean.TRUE.equals(all.get("replace"))) {
                models.clear();
            }
            map(all.get("models"), "models")
                    .forEach(
                            (name, facts) ->
                                    models.put(
                                            String.valueOf(name),
                                            model(String.valueOf(name), map(facts, "" + name))));
        } catch (NotYaml e) {
            throw new CannotStart(
                    "The model list "
                            + file
                            + " is not right: "
                            + (e.where() == null ? "" : e.where() + ": ")
                            + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new CannotStart("The model list " + file + " is not right: " + e.getMessage());
        }
    }

    private static Model model(String name, Map<?, ?> facts) {
        unknown(facts, FIELDS, name + ".");
        Map<?, ?> camera = map(facts.get("camera_control"), name + ".camera_control");
        return new Model(
                name,
                words(facts, name, "kinds"),
                words(facts, name, "modes"),
                words(facts, name, "durations").stream()
                        .map(seconds -> whole(seconds, name + ".durations"))
                        .toList(),
                words(facts, name, "aspect_ratios"),
                words(facts, name, "sound"),
                yes(facts, name, "cfg_scale"),
                camera.isEmpty() ? null : String.valueOf(camera.get("mode")),
                camera.isEmpty() ? 0 : whole(camera.get("duration"), name + ".camera_control"),
                yes(facts, name, "multi_shot"),
                yes(facts, name, "voice_list"),
                characters(facts, name, "prompt"),
                characters(facts, name, "negative_prompt"),
                price(map(facts.get("price"), name + ".price"), name));
    }

    private static Map<String, BigDecimal> price(Map<?, ?> written, String name) {
        Map<String, BigDecimal> price = new LinkedHashMap<>();
        written.forEach(
                (mode, dollars) -> {
                    if (!mode.equals("date") && !mode.equals("source")) {
                        if (!(dollars instanceof Number number) || number.doubleValue() < 0) {
                            throw new IllegalArgumentException(
                                    name + ".price." + mode + " must be dollars a second");
                        }
                        price.put(String.valueOf(mode), new BigDecimal(String.valueOf(dollars)));
                    }
                });
        return price;
    }

    private static void unknown(Map<?, ?> written, Set<String> known, String where) {
        for (Object field : written.keySet()) {
            if (!known.contains(String.valueOf(field))) {
                throw new IllegalArgumentException(
                        "unknown field "
                                + where
                                + Shown.word(String.valueOf(field))
                                + "; known are "
                                + String.join(", ", new TreeSet<>(known)));
            }
        }
    }

    private static Map<?, ?> map(Object value, String where) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(where + " must be fields with values");
    }

    private static List<String> words(Map<?, ?> facts, String name, String field) {
        Object value = facts.get(field);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new IllegalArgumentException(name + "." + field + " must be a list");
    }

    private static boolean yes(Map<?, ?> facts, String name, String field) {
        Object value = facts.get(field);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw new IllegalArgumentException(name + "." + field + " must be true or false");
    }

    private static int characters(Map<?, ?> facts, String name, String field) {
        Object value = facts.get(field);
        return value == null ? CHARACTERS : whole(value, name + "." + field);
    }

    private static int whole(Object value, String where) {
        try {
            return Integer.parseInt(String.valueOf(value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(where + " must be a whole number");
        }
    }
}
