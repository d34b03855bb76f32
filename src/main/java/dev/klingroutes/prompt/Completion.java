package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes a checked and complete prompt of what was written down and of the defaults. */
final class Completion {
    private final Fields fields;
    private final ModelRules rules;
    private final Map<String, Given> settings;

    /**
     * @param settings defaults by field name
     */
    Completion(Fields fields, ModelRules rules, Map<String, Given> settings) {
        this.fields = fields;
        this.rules = rules;
        this.settings = settings;
    }

    /** Null if the prompt is wrong, which has then been said. */
    Prompt of(Draft draft, String name, Map<String, Given> folder, boolean cells, Faults faults) {
        if (draft.fields() == null) {
            faults.add(draft.where(), draft.problem());
            return null;
        }
        long before = faults.count();
        Complaint complaint = faults.at(draft.where());
        Map<String, Object> own = fields.fit(draft.fields(), cells, complaint);
        Set<String> wrong =
                draft.fields().entrySet().stream()
                        .filter(field -> field.getValue() != null)
                        .map(Map.Entry::getKey)
                        .filter(field -> !own.containsKey(field))
                        .collect(Collectors.toSet());
        Map<String, Given> all = new LinkedHashMap<>(settings);
        all.putAll(folder);
        all.putAll(Given.all(own, null));
        all.keySet().removeAll(wrong);
        if (all.containsKey("prompt") && ((String) all.get("prompt").value()).isBlank()) {
            all.remove("prompt");
        }
        rules.check(new Asked(all, wrong), complaint);
        if (faults.count() > before) {
            return null;
        }
        return new Prompt(
                text(all, "name", name), text(all, "kind", Kind.TEXT_TO_VIDEO), request(all));
    }

    private static String text(Map<String, Given> all, String field, String otherwise) {
        return all.containsKey(field) ? (String) all.get(field).value() : otherwise;
    }

    private Map<String, Object> request(Map<String, Given> all) {
        Map<String, Object> request = new LinkedHashMap<>();
        for (String field : fields.names()) {
            if (all.containsKey(field)) {
                request.put(field, all.remove(field).value());
            }
        }
        all.forEach((field, given) -> request.put(field, given.value()));
        request.remove("kind");
        request.remove("name");
        return request;
    }
}
