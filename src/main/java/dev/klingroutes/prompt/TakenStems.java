package dev.klingroutes.prompt;

import dev.klingroutes.Settings;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Which stems have files in outbox/ or failed/, whatever the ledger knows of them. */
final class TakenStems {
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

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
