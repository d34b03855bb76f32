package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the `_defaults.yaml` files above a dropped file say. */
final class FolderDefaults {
    private static final int MEGABYTES = 1;
    private static final Set<String> EACH_ITS_OWN = Set.of("prompt", "name");
    private static final String WHOLE = "";

    private final Fields fields;

    FolderDefaults(Fields fields) {
        this.fields = fields;
    }

    /** The nearest, which comes last, wins. */
    Map<String, Given> read(List<Path> files, Faults faults) {
        Map<String, Given> all = new LinkedHashMap<>();
        for (Path file : files) {
            Faults inFile = new Faults();
            all.putAll(Given.all(checked(written(file, inFile), inFile), file.toString()));
            for (Fault fault : inFile.kept()) {
                String place = fault.where().equals(WHOLE) ? WHOLE : ", " + fault.where();
                faults.add(file + place, fault.field(), fault.problem());
            }
        }
        return all;
    }

    /** Its fields as they stand there, not yet checked. */
    static Map<String, Object> written(Path file, Faults faults) {
        try {
            Optional<String> text = TextFile.read(file, MEGABYTES, WHOLE, faults);
            Object value = text.isPresent() ? Yaml.parse(text.get()) : null;
            if (value instanceof Map<?, ?> map) {
                return Plain.copy(map);
            }
            if (value != null) {
                faults.add(WHOLE, "defaults are fields with values, not " + Shown.value(value));
            }
        } catch (NotYaml e) {
            faults.add(e.where() == null ? WHOLE : e.where(), e.getMessage());
        } catch (NotPlain e) {
            faults.add(WHOLE, e.getMessage());
        } catch (IOException e) {
            faults.add(WHOLE, "the file cannot be read: " + e);
        }
        return new LinkedHashMap<>();
    }

    private Map<String, Object> checked(Map<String, Object> written, Faults faults) {
        Map<String, Object> defaults = new LinkedHashMap<>(written);
        budget(defaults, faults);
        for (String name : EACH_ITS_OWN) {
            if (defaults.remove(name) != null) {
                faults.add(
                        WHOLE, name, "a default for `" + name + "` makes no sense; leave it out");
            }
        }
        return fields.fit(defaults, false, faults.at(WHOLE));
    }

    /** Takes the budget of the folder out of its defaults; a wrong one has been said. */
    static Optional<Dollars> budget(Map<String, Object> defaults, Faults faults) {
        Object written = defaults.remove(FolderBudgets.FIELD);
        for (String name : List.copyOf(defaults.keySet())) {
            // misspelt, and passed on as an unknown field, it would limit nothing
            if (Nearest.to(name, Set.of(FolderBudgets.FIELD)).isPresent()) {
                faults.at(WHOLE).unknown(name, name, Set.of(FolderBudgets.FIELD));
                defaults.remove(name);
            }
        }
        try {
            return Optional.ofNullable(written).map(String::valueOf).map(Dollars::of);
        } catch (IllegalArgumentException e) {
            faults.add(
                    WHOLE,
                    FolderBudgets.FIELD,
                    "`"
                            + FolderBudgets.FIELD
                            + "` is "
                            + Shown.value(written)
                            + "; "
                            + e.getMessage());
            return Optional.empty();
        }
    }
}
