package dev.klingroutes.prompt;

import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Stem;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The files that a dry run leaves in a folder, one for each dropped file. They replace one another
 * and nothing else.
 *
 * @param ending such as ".plan.json"
 */
record DryRunFiles(Path home, String ending) {
    /**
     * @param facts with "dry_run" true and the "source", by which it is known again
     */
    void write(String source, Map<String, Object> facts) throws IOException {
        Path written = null;
        byte[] bytes = Json.pretty(facts).getBytes(StandardCharsets.UTF_8);
        for (Path file : names(source)) {
            boolean free = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (written == null && (free || isOurs(file, source))) {
                Files.createDirectories(file.getParent());
                Path part = file.resolveSibling("." + id(source) + ".part");
                if (free) {
                    Durable.write(part, file, bytes);
                } else {
                    Durable.replace(part, file, bytes);
                }
                written = file;
            } else if (written != null && !free && isOurs(file, source)) {
                Files.delete(file);
            }
        }
        if (written == null) {
            throw new IOException("the names " + names(source) + " are taken");
        }
    }

    /** Takes back what an earlier look at the file said. */
    void remove(String source) throws IOException {
        for (Path file : names(source)) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && isOurs(file, source)) {
                Files.delete(file);
            }
        }
    }

    /** Its own, and another if a stranger's file, or that of cat.txt beside cat.json, has it. */
    private List<Path> names(String source) {
        Path folder = home.resolve(source).getParent();
        String stem = Stem.cut(FileName.stem(source.substring(source.lastIndexOf('/') + 1)));
        return List.of(
                folder.resolve(stem + ending), folder.resolve(Stem.own(stem, id(source)) + ending));
    }

    /** The same at every start. */
    private static String id(String source) {
        return UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static boolean isOurs(Path file, String source) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Map<String, Object> facts = Json.map(Files.readString(file));
            return Boolean.TRUE.equals(facts.get("dry_run")) && source.equals(facts.get("source"));
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException notOurs) {
            return false;
        }
    }
}
