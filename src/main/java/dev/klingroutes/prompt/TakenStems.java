package dev.klingroutes.prompt;

import static java.util.stream.Collectors.toSet;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Stem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which stems have files in outbox/ or failed/, whatever the ledger knows of them. */
final class TakenStems {
    /** From so many on, reading the folders once is quicker than asking for each name. */
    private static final int MANY = 100;

    private final Path outbox;
    private final Path failed;

    /** Reads {@code kling.outbox.dir} and {@code kling.failed.dir}. */
    TakenStems(Settings settings) {
        outbox = settings.folder("kling.outbox.dir");
        failed = settings.folder("kling.failed.dir");
    }

    boolean has(String folder, String stem) {
        Path out = outbox.resolve(folder);
        return exists(out.resolve(stem + ".mp4"))
                || exists(out.resolve(stem + ".json"))
                || exists(failed.resolve(folder).resolve(stem + ".error.json"));
    }

    /**
     * Those of many, as the ledger would cut them. To be asked before the ledger is locked: the
     * folders may lie on a share that hangs.
     *
     * @throws IOException if a folder cannot be read
     */
    Set<String> among(String folder, Collection<String> wanted) throws IOException {
        List<String> stems = wanted.stream().map(Stem::cut).toList();
        Set<String> free = new HashSet<>();
        if (stems.size() >= MANY) {
            stems.forEach(stem -> free.add(Stem.folded(stem)));
            remove(free, outbox.resolve(folder), ".mp4", ".json");
            remove(free, failed.resolve(folder), ".error.json");
        }
        return stems.stream()
                .filter(stem -> !free.contains(Stem.folded(stem)) && has(folder, stem))
                .collect(toSet());
    }

    /** Removes those with a file of one of these endings, in whatever case it is written. */
    private static void remove(Set<String> free, Path folder, String... endings)
            throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = Stem.folded(file.getFileName().toString());
                for (String ending : endings) {
                    if (name.endsWith(ending)) {
                        free.remove(name.substring(0, name.length() - ending.length()));
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException nothingThere) {
            // then all are free there
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
