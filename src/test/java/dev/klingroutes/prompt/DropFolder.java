package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Drops files into a folder and reads them as the inbox would. */
record DropFolder(Path folder) {
    /** Reads with the settings as they are shipped, but for these. */
    static PromptReader reader(Map<String, String> settings) {
        Settings all = Settings.of(settings);
        return new PromptReader(new Models(all), all);
    }

    List<Prompt> read(String name, String text, Path... defaults)
            throws PromptRefused, IOException {
        return reader(Map.of()).read(file(name, text), List.of(defaults));
    }

    Prompt one(String name, String text, Path... defaults) throws PromptRefused, IOException {
        List<Prompt> prompts = read(name, text, defaults);
        if (prompts.size() != 1) {
            throw new AssertionError("not one prompt: " + prompts);
        }
        return prompts.get(0);
    }

    List<String> names(String name, String text) throws PromptRefused, IOException {
        return read(name, text).stream().map(Prompt::name).toList();
    }

    PromptRefused refusal(String name, String text, Path... defaults) {
        return catchThrowableOfType(PromptRefused.class, () -> read(name, text, defaults));
    }

    /** What is wrong, a line each. */
    List<String> wrong(String name, String text, Path... defaults) {
        return refusal(name, text, defaults).faults().stream().map(Fault::toString).toList();
    }

    List<String> wrong(String name, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        return catchThrowableOfType(
                        PromptRefused.class, () -> reader(Map.of()).read(file, List.of()))
                .faults()
                .stream()
                .map(Fault::toString)
                .toList();
    }

    Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
