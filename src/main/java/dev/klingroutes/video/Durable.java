package dev.klingroutes.video;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.klingroutes.task.Task;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/** Files in the user's folders: written aside, forced, and never over another. */
public final class Durable {
    private static final int SMALL_BYTES = 1 << 20;

    /** Nobody writes on at a copy of a small file for so long. */
    private static final Duration DEAD = Duration.ofSeconds(20);

    private Durable() {}

    /**
     * A folder below one of ours, made if it is not there.
     *
     * @throws IOException also if a link leads out of ours
     */
    public static Path folder(Path ours, String below) throws IOException {
        Path real = Files.createDirectories(ours).toRealPath();
        Path at = ours;
        for (String name : below.split("/")) {
            at = at.resolve(name);
            Files.createDirectories(at);
            if (!at.toRealPath().startsWith(real)) {
                throw new IOException(at + " is a link that leads out of " + ours);
            }
        }
        return at;
    }

    /** A name beside the final one that nobody else uses: one for each claim. */
    public static Path part(Path folder, String stem, Task task, long claim) {
        return folder.resolve("." + stem + "." + task.id() + "." + claim + ".part");
    }

    /**
     * Gives a file its final name.
     *
     * @throws FileAlreadyExistsException if the name is taken: nothing was changed
     */
    public static void rename(Path from, Path to) throws IOException {
        try {
            // a link fails if the name is taken, in one step; a rename would replace
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException e) {
            // the very same file: a process was killed before it took the first name away
            if (!Files.exists(to) || !Files.isSameFile(from, to)) {
                throw e;
            }
        } catch (UnsupportedOperationException | IOException noLinks) {
            if (Files.getFileStore(from).equals(Files.getFileStore(to.getParent()))) {
                Files.move(from, to);
            } else {
                moveAcross(from, to);
            }
            return;
        }
        Files.delete(from);
    }

    /** To another file system only a copy leads: it is whole before it is seen. */
    private static void moveAcross(Path from, Path to) throws IOException {
        // the same name again after a crash; two that move it at once would meet in it
        String name = UUID.nameUUIDFromBytes(from.toString().getBytes(UTF_8)).toString();
        Path part = to.resolveSibling("." + name + ".part");
        if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)
                && Files.getLastModifiedTime(part)
                        .toInstant()
                        .isBefore(Instant.now().minus(DEAD))) {
            Files.delete(part);
        }
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel copy =
                        FileChannel.open(
                                part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = source.size();
            for (long at = 0; at < size; ) {
                at += source.transferTo(at, size - at, copy);
            }
            copy.force(true);
        } catch (FileAlreadyExistsException moving) {
            throw new IOException(from + " is being moved to " + to + " already", moving);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        try {
            rename(part, to);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.delete(from);
    }

    /** Whether a small file of ours tells of this task; a stranger's may hold anything. */
    public static boolean tellsOf(Task task, Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) <= SMALL_BYTES
                && Files.readString(file, StandardCharsets.ISO_8859_1).contains(task.id());
    }

    /** Whether a file holds exactly these bytes. */
    public static boolean holds(Path file, byte[] bytes) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == bytes.length
                && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    /** Makes the names in a folder survive a power failure. */
    public static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (File.separatorChar == '/') {
                throw e;
            }
            // Windows cannot open a folder, and does not need it
        }
    }

    /**
     * Writes a small file whole, under its final name or not at all.
     *
     * @throws FileAlreadyExistsException if the name is taken: nothing was changed
     */
    public static void write(Path part, Path file, byte[] bytes) throws IOException {
        force(part, bytes);
        rename(part, file);
    }

    /** The same over an earlier file of ours. */
    public static void replace(Path part, Path file, byte[] bytes) throws IOException {
        force(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void force(Path part, byte[] bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }
}
