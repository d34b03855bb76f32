package dev.klingroutes.video;

import dev.klingroutes.task.Task;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files in the user's folders: written aside, forced, and never over another. */
public final class Durable {
    private Durable() {}

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
            Files.move(from, to);
            return;
        }
        Files.delete(from);
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
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }
}
