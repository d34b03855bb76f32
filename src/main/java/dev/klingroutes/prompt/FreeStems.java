package dev.klingroutes.prompt;

import dev.klingroutes.task.Stem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Which of many stems have no file in some folders: read once, instead of asked for each. */
final class FreeStems {
    private final Set<String> free = new HashSet<>();

    FreeStems(Collection<String> stems) {
        stems.forEach(stem -> free.add(Stem.folded(Stem.cut(stem))));
    }

    /** Takes out those with a file of one of these endings, in whatever case it is written. */
    FreeStems without(Path folder, String... endings) throws IOException {
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
            return this;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return this;
    }

    /** False also for a stem that was not among the many. */
    boolean has(String stem) {
        return free.contains(Stem.folded(stem));
    }
}
