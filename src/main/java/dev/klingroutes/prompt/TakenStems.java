package dev.klingroutes.prompt;

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
import java.util.Set;
import java.util.function.Predicate;

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
     * The same for many.
     *
     * @param stems that are wanted; others may be asked for, too
     * @throws IOException if a folder cannot be read
     */
    Predicate<String> in(String folder, Collection<String> stems) throws IOException {
        if (stems.size() < MANY) {
            return stem -> has(folder, stem);
        }
        Set<String> free = new HashSet<>();
        stems.forEach(stem -> free.add(Stem.folded(Stem.cut(stem))));
        remove(free, outbox.resolve(folder), ".mp4", ".json");
        remove(free, failed.resolve(folder), ".error.json");
        return stem -> !free.contains(Stem.folded(stem)) && has(folder, stem);
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
