package dev.klingroutes.video;

import dev.klingroutes.task.Video;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A video's file in the outbox. */
final class OutboxFile {
    private OutboxFile() {}

    /** {@code cat} for the first video of a task, {@code cat-2} for the second. */
    static String stem(String stem, int number) {
        return number == 1 ? stem : stem + "-" + number;
    }

    /** Whether the file holds exactly this video. */
    static boolean is(Path file, Video video) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || Files.size(file) != video.size()) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Transfer.hash(in).equals(video.sha256());
        }
    }
}
