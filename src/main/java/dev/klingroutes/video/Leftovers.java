package dev.klingroutes.video;

import dev.klingroutes.task.Task;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What earlier claims of a task left half written. */
final class Leftovers {
    private final TreeMap<Long, List<Path>> byClaim = new TreeMap<>(Comparator.reverseOrder());
    private boolean outdone;

    /** Looks for them; not on a first try, when listing a large outbox would find nothing. */
    Leftovers(Path folder, Task task) throws IOException {
        if (task.tries() < 2) {
            return;
        }
        Pattern name =
                Pattern.compile("\\..*\\." + Pattern.quote(task.id()) + "\\.(\\d{1,18})\\.part");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                Matcher ours = name.matcher(file.getFileName().toString());
                // a later one is of somebody who has the task by now
                if (ours.matches() && Long.parseLong(ours.group(1)) < task.claim()) {
                    byClaim.computeIfAbsent(Long.valueOf(ours.group(1)), claim -> new ArrayList<>())
                            .add(file);
                }
            }
        }
    }

    /** The latest first. */
    List<Long> claims() {
        return List.copyOf(byClaim.keySet());
    }

    /** Whether they are of no more use: what they held lies under this claim by now, or is bad. */
    void outdone(boolean now) {
        outdone = now;
    }

    /** Takes them away if they are outdone. */
    void remove() throws IOException {
        if (!outdone) {
            return;
        }
        for (List<Path> files : byClaim.values()) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
