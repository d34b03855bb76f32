package dev.klingroutes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A folder on a small disk of its own, which a test can fill. Only who may mount has one; elsewhere
 * the test is skipped and says so. Without being root: {@code unshare -Urm mvn test
 * -Dtest=DiskFullTest}.
 */
public final class SmallDisk implements AutoCloseable {
    /** Every file takes a whole number of these. */
    public static final int BLOCK_BYTES = 4096;

    private final Path folder;
    private final Path ballast;

    private SmallDisk(Path folder) {
        this.folder = folder;
        ballast = folder.resolve(".ballast");
    }

    /** Mounts one of so many megabytes there. */
    public static SmallDisk at(Path folder, int megabytes) throws Exception {
        Files.createDirectories(folder);
        int code;
        try {
            code =
                    new ProcessBuilder(
                                    "mount",
                                    "-t",
                                    "tmpfs",
                                    "-o",
                                    "size=" + megabytes + "m",
                                    "kling-small-disk",
                                    folder.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
        } catch (IOException noMount) {
            code = -1;
        }
        Assumptions.assumeTrue(
                code == 0, "no small disk can be mounted here: be root, or use unshare -Urm");
        return new SmallDisk(folder);
    }

    /** Until nothing more goes on it. */
    public void fill() throws IOException {
        fill(0);
    }

    /** Until so many bytes are free. */
    public void fill(long free) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (Files.getFileStore(folder).getUsableSpace() > free) {
                out.write(block);
            }
        }
    }

    /** There is room again. */
    public void free() throws IOException {
        Files.delete(ballast);
    }

    /** Nothing on it can be changed any more. */
    public void readOnly() throws IOException, InterruptedException {
        new ProcessBuilder("mount", "-o", "remount,ro", folder.toString()).start().waitFor();
    }

    @Override
    public void close() throws IOException {
        try {
            new ProcessBuilder("umount", "-l", folder.toString()).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
