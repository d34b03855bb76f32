package dev.klingroutes.prompt;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads dropped files into prompts. All of a file is right, or all of it is refused. */
public final class PromptReader {
    private static final int TEXT_MEGABYTES = 1;
    private static final int MANY_MEGABYTES = 64;

    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "model_name", "kling.prompt.model-name",
                    "mode", "kling.prompt.mode",
                    "duration", "kling.prompt.duration",
                    "aspect_ratio", "kling.prompt.aspect-ratio",
                    "sound", "kling.prompt.sound");

    private final Fields fields;
    private final Completion completion;
    private final Map<String, Format> formats;

    /**
     * Reads {@code kling.prompt.*}.
     *
     * @throws CannotStart if a default is no legal value of its field
     */
    public PromptReader(Models models, Settings settings) {
        boolean passFields = settings.text("kling.prompt.unknown-fields").equals("pass");
        boolean passModels = settings.text("kling.prompt.unknown-models").equals("pass");
        fields =
                new Fields(
                        passFields,
                        passModels ? List.of() : models.words(Model::modes),
                        passModels ? List.of() : models.words(Model::aspectRatios));
        completion =
                new Completion(
                        fields, new ModelRules(models, passModels), defaults(fields, settings));
        Format text = new TextPrompts();
        Format yaml = new YamlPrompts();
        formats =
                Map.of(
                        "txt", text,
                        "md", text,
                        "json", new JsonPrompts(),
                        "jsonl", new JsonLines(),
                        "yaml", yaml,
                        "yml", yaml,
                        "csv", new CsvPrompts(fields));
    }

    /** What the settings say for all prompts; a blank one is no default. */
    private static Map<String, Given> defaults(Fields fields, Settings settings) {
        Map<String, Given> defaults = new LinkedHashMap<>();
        DEFAULTS.forEach(
                (field, key) -> {
                    String text = settings.text(key);
                    if (!text.isEmpty()) {
                        Complaint complaint =
                                (part, problem) -> {
                                    throw new CannotStart("The setting " + key + ": " + problem);
                                };
                        Object value = fields.fit(Map.of(field, text), true, complaint).get(field);
                        defaults.put(field, new Given(value, "the setting " + key, true));
                    }
                });
        return defaults;
    }

    /**
     * @param folderDefaults the _defaults.yaml files that hold, outermost first (the nearest wins;
     *     the prompt's own wins over all)
     * @return at least one, in the order of the file
     * @throws PromptRefused if anything in the file or in its defaults is wrong
     * @throws IOException if the file cannot be read
     */
    public List<Prompt> read(Path file, List<Path> folderDefaults)
            throws PromptRefused, IOException {
        Faults faults = new Faults();
        String fileName = file.getFileName().toString();
        Drafts drafts = drafts(file, fileName, faults);
        Map<String, Given> defaults = new FolderDefaults(fields).read(folderDefaults, faults);

        List<Prompt> prompts = new ArrayList<>(drafts.list().size());
        for (Draft draft : drafts.list()) {
            String name = name(FileName.stem(fileName), drafts, prompts.size() + 1);
            prompts.add(completion.of(draft, name, defaults, drafts.cells(), faults));
        }
        if (faults.count() > 0) {
            throw new PromptRefused(faults);
        }
        return prompts;
    }

    /**
     * Checks a prompt that comes from no file, the same way.
     *
     * @param name the stem its files will have, unless it has a `name` of its own
     * @param written its fields, values as JSON has them
     * @throws PromptRefused if anything in it is wrong
     */
    public Prompt check(String name, Map<String, ?> written) throws PromptRefused {
        Faults faults = new Faults();
        Prompt prompt =
                completion.of(Draft.of("the prompt", written), name, Map.of(), false, faults);
        if (faults.count() > 0) {
            throw new PromptRefused(faults);
        }
        return prompt;
    }

    private Drafts drafts(Path file, String fileName, Faults faults) throws IOException {
        Format format = formats.get(FileName.ending(fileName));
        if (format == null) {
            faults.add(
                    fileName,
                    "not a prompt file: its name does not end in .txt, .md, .json,"
                            + " .jsonl, .yaml, .yml or .csv");
            return Drafts.NONE;
        }
        String reason = OwnName.reasonAgainst(FileName.stem(fileName));
        if (reason != null) {
            faults.add(Shown.word(fileName), "this cannot name a video: " + reason);
        }
        int megabytes = format instanceof TextPrompts ? TEXT_MEGABYTES : MANY_MEGABYTES;
        return TextFile.read(file, megabytes, fileName, faults)
                .map(text -> format.read(fileName, text, faults))
                .orElse(Drafts.NONE);
    }

    private static String name(String stem, Drafts drafts, int number) {
        if (!drafts.numbered()) {
            return stem;
        }
        int width = Math.max(3, String.valueOf(drafts.list().size()).length());
        String digits = String.valueOf(number);
        return stem + "-" + "0".repeat(width - digits.length()) + digits;
    }
}
