package dev.klingroutes.video;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * What has come of one video under one claim. Beside its bytes lies a mark: of what they are, how
 * many of them are good, and their hash. The next claim goes on from a copy, never in this file,
 * which a slow holder of this claim may still write.
 */
final class Part {
    private static final int LARGEST_MARK = 1 << 14;

    private final Path folder;
    private final Task task;
    private final Video video;
    private final Link link;
    private final FileChannel channel;
    private final Forcing forcing;
    private final Transfer transfer;
    private String validator;
    private long total = -1;
    private boolean whole;

    /** Begins with no bytes. */
    Part(Path folder, Task task, Video video, Link link, long maxBytes, Transfer.Progress progress)
            throws IOException {
        this.folder = folder;
        this.task = task;
        this.video = video;
        this.link = link;
        channel =
                FileChannel.open(
                        file(folder, task, video, task.claim()),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        forcing = new Forcing(channel::force);
        transfer = new Transfer(channel, maxBytes, () -> came(progress.check()));
    }

    private boolean came(boolean toBeNoted) throws IOException {
        forcing.grown(size());
        if (toBeNoted) {
            note();
        }
        return toBeNoted;
    }

    /**
     * Copies what an earlier claim left of the same object; without one it stays empty.
     *
     * @param claims the latest first
     */
    void resume(List<Long> claims) throws IOException {
        for (long claim : claims) {
            JsonNode left = read(mark(folder, task, video, claim));
            Path bytes = file(folder, task, video, claim);
            if (left != null
                    && left.path("object").asText().equals(link.object())
                    && Files.isRegularFile(bytes, LinkOption.NOFOLLOW_LINKS)) {
                try (InputStream in = Files.newInputStream(bytes, LinkOption.NOFOLLOW_LINKS)) {
                    transfer.take(in, left.path("size").asLong());
                }
                if (transfer.sha256().equals(left.path("sha256").asText())) {
                    validator = left.path("validator").asText();
                    total = left.path("total").asLong();
                    return;
                }
                transfer.restart();
            }
        }
    }

    long size() {
        return transfer.size();
    }

    String sha256() {
        return transfer.sha256();
    }

    FileChannel bytes() {
        return channel;
    }

    /** Whether all bytes are there. */
    boolean isComplete() {
        return size() == total;
    }

    /** The headers that ask for the rest. */
    Map<String, String> asking() {
        return size() == 0
                ? Map.of()
                : Map.of("Range", "bytes=" + size() + "-", "If-Range", validator);
    }

    /** Whether an offer is the rest of the same bytes. */
    boolean isGoneOnWithBy(Offer offer) {
        return offer.from() == size()
                && (offer.total() == total || total < 0)
                && (offer.validator() == null || offer.validator().equals(validator));
    }

    /**
     * Takes what is offered: the rest, or all anew.
     *
     * @throws Transfer.Broken if it broke off
     * @throws IOException if there is no room for it: then nothing of it is taken
     */
    void take(Offer offer, InputStream from) throws IOException {
        if (offer.total() - offer.from() > Files.getFileStore(folder).getUsableSpace()) {
            throw new IOException("No space left on device");
        }
        if (offer.from() == 0) {
            transfer.restart();
            validator = offer.validator();
        }
        total = offer.total();
        transfer.take(from, Long.MAX_VALUE);
        total = size();
    }

    /** It is verified, and survives a power failure from here on. */
    void finish() throws IOException {
        forcing.all();
        whole = true;
    }

    /**
     * Closes it.
     *
     * @param useful whether its bytes are worth going on with, if it is not whole
     * @return whether they are kept
     */
    boolean close(boolean useful) throws IOException {
        channel.close();
        if ((whole || useful && size() > 0 && validator != null) && (noted() || whole)) {
            return true;
        }
        remove(folder, task, video);
        return false;
    }

    private boolean noted() {
        // who is told to stop can write nothing more
        boolean stopped = Thread.interrupted();
        try {
            note();
            return true;
        } catch (IOException fullDiskPerhaps) {
            return false;
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes it away, with its mark. */
    static void remove(Path folder, Task task, Video video) throws IOException {
        Files.deleteIfExists(file(folder, task, video, task.claim()));
        Files.deleteIfExists(mark(folder, task, video, task.claim()));
    }

    static Path file(Path folder, Task task, Video video, long claim) {
        return Durable.part(folder, OutboxFile.stem(task.stem(), video.number()), task, claim);
    }

    private static Path mark(Path folder, Task task, Video video, long claim) {
        String stem = OutboxFile.stem(task.stem(), video.number());
        return Durable.part(folder, stem + ".mark", task, claim);
    }

    /** Notes how far it has come; what a host does not know again cannot be gone on with. */
    private void note() throws IOException {
        if (validator == null) {
            return;
        }
        Map<String, Object> noted =
                Map.of(
                        "object", link.object(),
                        "validator", validator,
                        "total", total,
                        "size", size(),
                        "sha256", sha256());
        try (FileChannel mark =
                FileChannel.open(
                        mark(folder, task, video, task.claim()),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.wrap(Json.write(noted).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                mark.write(bytes);
            }
        }
    }

    /** Null if there is none, or only a piece of one. */
    private static JsonNode read(Path mark) throws IOException {
        if (!Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
                || Files.size(mark) > LARGEST_MARK) {
            return null;
        }
        try {
            return Json.parse(Files.readString(mark, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException torn) {
            return null;
        }
    }
}
