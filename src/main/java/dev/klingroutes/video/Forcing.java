package dev.klingroutes.video;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Forces a file to disk while it still grows, so that little is left to force at its end: a
 * gigabyte at once would keep the ledger waiting for the same disk.
 */
final class Forcing {
    /** Larger than most videos, which are forced once, and forced by any disk in a second or so. */
    static final long EVERY_BYTES = 64L << 20;

    /** What forces the file; see {@link java.nio.channels.FileChannel#force}. */
    interface Force {
        void force(boolean metadata) throws IOException;
    }

    private final Force file;
    private long begunAt;
    private FutureTask<Void> last;

    Forcing(Force file) {
        this.file = file;
    }

    /**
     * Begins to force what has been written, if that is much and the last time has ended.
     *
     * @param size of the file, in bytes
     * @throws IOException if the last time failed: the system tells of that only once
     */
    void grown(long size) throws IOException {
        begunAt = Math.min(begunAt, size);
        if (size - begunAt < EVERY_BYTES || last != null && !last.isDone()) {
            return;
        }
        ended();
        begunAt = size;
        last =
                new FutureTask<>(
                        () -> {
                            file.force(false);
                            return null;
                        });
        new Thread(last, "kling-video-forcing").start();
    }

    /** All of it survives a power failure from here on. */
    void all() throws IOException {
        ended();
        file.force(true);
    }

    private void ended() throws IOException {
        try {
            if (last != null) {
                last.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it was forced to disk");
        }
    }
}
