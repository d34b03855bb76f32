package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

/** Makes a checked and complete prompt of what was written down and of the defaults. */
final class Completion {
    private final Fields fields;
    private final Map<String, Object> settings;

    /**
     * @param settings defaults by field name, as text; a blank one is no default
     * @throws IllegalArgumentException if one is no legal value of its field
     */
    Completion(Fields fields, Map<String, String> settings) {
        this.fields = fields;
        Map<String, Object> written = new LinkedHashMap<>();
        settings.forEach(
                (name, value) -> {
                    if (value != null && !value.isBlank()) {
                        written.put(name, value.strip());
                    }
                });
        this.settings =
                fields.fit(
                        written,
                        true,
                        (field, problem) -> {
                            throw new IllegalArgumentException("prompt default: " + problem);
                        });
    }

    /** Null if the prompt is wrong, which has then been said. */
    Prompt of(Draft draft, String name, Map<String, Object> folder, boolean cells, Faults faults) {
        if (draft.fields() == null) {
            faults.add(draft.where(), draft.problem());
            return null;
        }
        Map<String, Object> own = fields.fit(draft.fields(), cells, faults.at(draft.where()));
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.putAll(folder);
        all.putAll(own);
        boolean promptWasWrong = draft.fields().get("prompt") != null && !own.containsKey("prompt");
        if (isBlank(all.get("prompt"))) {
            all.remove("prompt");
            if (!promptWasWrong && !shotsHoldThePrompts(all)) {
                faults.add(draft.where(), "prompt", "`prompt` is missing or blank");
            }
        }
        String kind = (String) all.getOrDefault("kind", Kind.TEXT_TO_VIDEO);
        String ownName = (String) all.getOrDefault("name", name);
        return new Prompt(ownName, kind, request(all));
    }

    private static boolean isBlank(Object prompt) {
        return prompt == null || ((String) prompt).isBlank();
    }

    private static boolean shotsHoldThePrompts(Map<String, Object> all) {
        return Boolean.TRUE.equals(all.get("multi_shot"))
                && "customize".equals(all.get("shot_type"));
    }

    private Map<String, Object> request(Map<String, Object> all) {
        Map<String, Object> request = new LinkedHashMap<>();
        for (String field : fields.names()) {
            if (all.containsKey(field)) {
                request.put(field, all.remove(field));
            }
        }
        request.putAll(all);
        request.remove("kind");
        request.remove("name");
        return request;
    }
}
