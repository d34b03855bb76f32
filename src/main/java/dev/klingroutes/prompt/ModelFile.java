package dev.klingroutes.prompt;

import dev.klingroutes.CannotStart;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A list of models as it is written down, every part of it checked: what is misspelt here would
 * refuse a prompt that is right, or price it wrongly.
 *
 * @param replace whether those of an earlier file are dropped
 */
record ModelFile(Map<String, Model> models, boolean replace) {
    private static final Set<String> KINDS =
            Set.of("text2video", "image2video", "multi-image2video", "omni-video", "text-to-video");
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

    /**
     * @param file its name, for people
     * @throws CannotStart naming the file, the model and the field that is wrong
     */
    static ModelFile read(String file, String text) {
        try {
            Map<?, ?> all = map(Yaml.parse(text), "the file");
            unknown(all.keySet(), Set.of("models", "replace"), "");
            Map<String, Model> models = new LinkedHashMap<>();
            map(all.get("models"), "models")
                    .forEach(
                            (name, facts) ->
                                    models.put(
                                            String.valueOf(name),
                                            model(String.valueOf(name), map(facts, "" + name))));
            return new ModelFile(models, yes(all, "", "replace"));
        } catch (NotYaml e) {
            throw notRight(file, (e.where() == null ? "" : e.where() + ": ") + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw notRight(file, e.getMessage());
        }
    }

    private static CannotStart notRight(String file, String reason) {
        return new CannotStart("The model list " + file + " is not right: " + reason);
    }

    private static Model model(String name, Map<?, ?> facts) {
        String at = name + ".";
        unknown(facts.keySet(), FIELDS, at);
        List<String> kinds = words(facts, at, "kinds");
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException(
                    at + "kinds is missing; it says what the model makes, such as [text2video]");
        }
        known(kinds, KINDS, at + "kinds");
        List<String> modes = words(facts, at, "modes");
        List<Integer> durations =
                words(facts, at, "durations").stream()
                        .map(seconds -> whole(seconds, at + "durations"))
                        .toList();
        if (durations.isEmpty() && kinds.contains(Kind.TEXT_TO_VIDEO)) {
            throw new IllegalArgumentException(
                    at + "durations is missing; it lists whole seconds, such as [5, 10]");
        }
        Set<String> withAndWithoutModes = modes.isEmpty() ? Set.of(Model.ANY) : Set.copyOf(modes);
        List<String> sound = words(facts, at, "sound");
        known(sound, withAndWithoutModes, at + "sound");
        Map<?, ?> camera = map(facts.get("camera_control"), at + "camera_control");
        Map<?, ?> price = map(facts.get("price"), at + "price");
        return new Model(
                name,
                kinds,
                modes,
                durations,
                words(facts, at, "aspect_ratios"),
                sound,
                yes(facts, at, "cfg_scale"),
                cameraMode(camera, modes, at + "camera_control"),
                cameraDuration(camera, durations, at + "camera_control"),
                yes(facts, at, "multi_shot"),
                yes(facts, at, "voice_list"),
                characters(facts, at, "prompt"),
                characters(facts, at, "negative_prompt"),
                price(price, withAndWithoutModes, sound, at + "price"),
                priceFrom(price, at + "price"));
    }

    private static String cameraMode(Map<?, ?> camera, List<String> modes, String where) {
        if (camera.isEmpty()) {
            return null;
        }
        unknown(camera.keySet(), Set.of("mode", "duration"), where + ".");
        known(List.of(String.valueOf(camera.get("mode"))), modes, where + ".mode");
        return String.valueOf(camera.get("mode"));
    }

    private static int cameraDuration(Map<?, ?> camera, List<Integer> durations, String where) {
        if (camera.isEmpty()) {
            return 0;
        }
        int seconds = whole(camera.get("duration"), where + ".duration");
        known(
                List.of("" + seconds),
                durations.stream().map(String::valueOf).toList(),
                where + ".duration");
        return seconds;
    }

    private static Map<String, BigDecimal> price(
            Map<?, ?> written, Set<String> modes, List<String> sound, String where) {
        Set<String> keys = new LinkedHashSet<>(Set.of("date", "source"));
        keys.addAll(modes);
        sound.forEach(mode -> keys.add(mode + Model.WITH_SOUND));
        unknown(written.keySet(), keys, where + ".");
        Map<String, BigDecimal> price = new LinkedHashMap<>();
        written.forEach(
                (mode, dollars) -> {
                    if (!mode.equals("date") && !mode.equals("source")) {
                        price.put(String.valueOf(mode), dollars(dollars, where + "." + mode));
                    }
                });
        return price;
    }

    private static BigDecimal dollars(Object value, String where) {
        if (value instanceof Number number
                && Double.isFinite(number.doubleValue())
                && number.doubleValue() >= 0) {
            return new BigDecimal(String.valueOf(value));
        }
        throw new IllegalArgumentException(
                where
                        + " is "
                        + Shown.value(value)
                        + "; it must be dollars a second, a number such as 0.084");
    }

    private static String priceFrom(Map<?, ?> price, String where) {
        if (price.isEmpty()) {
            return "";
        }
        if (price.get("date") == null || price.get("source") == null) {
            throw new IllegalArgumentException(
                    where + " must say its date and its source: a price without them ages unseen");
        }
        return price.get("source") + ", " + price.get("date");
    }

    private static void known(List<String> words, Collection<String> known, String where) {
        for (String word : words) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException(
                        where
                                + " is "
                                + Shown.value(word)
                                + "; it must be one of "
                                + String.join(", ", known));
            }
        }
    }

    private static void unknown(Set<?> written, Set<String> known, String where) {
        List<String> names = new ArrayList<>();
        written.forEach(name -> names.add(String.valueOf(name)));
        names.removeAll(known);
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown field "
                            + where
                            + Shown.word(names.get(0))
                            + Nearest.to(names.get(0), known)
                                    .map(near -> "; did you mean " + near + "?")
                                    .orElse(";")
                            + " known are "
                            + String.join(", ", new TreeSet<>(known)));
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

    private static List<String> words(Map<?, ?> facts, String at, String field) {
        Object value = facts.get(field);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list
                && list.stream().noneMatch(one -> one instanceof Map || one instanceof List)) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new IllegalArgumentException(at + field + " must be a list");
    }

    private static boolean yes(Map<?, ?> facts, String at, String field) {
        Object value = facts.get(field);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw new IllegalArgumentException(at + field + " must be true or false");
    }

    private static int characters(Map<?, ?> facts, String at, String field) {
        Object value = facts.get(field);
        return value == null ? CHARACTERS : whole(value, at + field);
    }

    private static int whole(Object value, String where) {
        if (String.valueOf(value).matches("[1-9]\\d{0,5}")) {
            return Integer.parseInt(String.valueOf(value));
        }
        throw new IllegalArgumentException(
                where + " is " + Shown.value(value) + "; it must be a whole number, like 5");
    }
}
