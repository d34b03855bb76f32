package dev.klingroutes.video;

import dev.klingroutes.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Removes what earlier claims of a task left half written. */
final class Leftovers {
    private Leftovers() {}

    /** Asks for the names it knows: listing a large outbox for every task would be slower. */
    static void remove(Path folder, Task task) throws IOException {
        int videos = Math.max(1, task.videos().size());
        for (long claim = 1; claim < task.claim(); claim++) {
            for (int number = 1; number <= videos; number++) {
                String stem = OutboxFile.stem(task.stem(), number);
                Files.deleteIfExists(Durable.part(folder, stem, task, claim));
            }
            Files.deleteIfExists(Durable.part(folder, Sidecar.partStem(task), task, claim));
        }
    }
}
