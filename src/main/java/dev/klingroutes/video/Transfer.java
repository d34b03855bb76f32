package dev.klingroutes.video;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Copies bytes to a file in constant memory, counting and hashing them on the way. */
final class Transfer {
    private static final int BUFFER_BYTES = 1 << 16;

    /** The transfer broke on the provider's side; the message says how. */
    static class Broken extends IOException {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message);
        }
    }

    /** What came is no use: it is not the beginning of the video. */
    static final class Wrong extends Broken {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /** The claim was lost on the way. */
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Asked after every buffer: whether it is time to note how far it came; throws to end it. */
    interface Progress {
        boolean check() throws IOException;
    }

    private final FileChannel to;
    private final long maxBytes;
    private final Progress progress;
    private final MessageDigest digest = newDigest();
    private long size;

    /**
     * @param maxBytes where the copy gives up
     */
    Transfer(FileChannel to, long maxBytes, Progress progress) {
        this.to = to;
        this.maxBytes = maxBytes;
        this.progress = progress;
    }

    /** Bytes so far. */
    long size() {
        return size;
    }

    /** Of the bytes so far, in hex. */
    String sha256() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Takes what comes, up to a number of bytes.
     *
     * @throws Broken if reading failed; any other exception is trouble of this machine
     */
    void take(InputStream from, long most) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long left = most;
        int read;
        while (left > 0 && (read = read(from, buffer, left)) >= 0) {
            if (size + read > maxBytes) {
                throw tooLarge(maxBytes);
            }
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            digest.update(buffer, 0, read);
            size += read;
            left -= read;
            progress.check();
        }
    }

    /** Throws away what came. */
    void restart() throws IOException {
        to.truncate(0);
        digest.reset();
        size = 0;
    }

    static Wrong tooLarge(long maxBytes) {
        return new Wrong("it is larger than " + maxBytes + " bytes (kling.download.max-bytes)");
    }

    static String hash(InputStream in) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = in.read(buffer)) >= 0) {
            digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static int read(InputStream from, byte[] buffer, long most) throws Broken {
        try {
            return from.read(buffer, 0, (int) Math.min(buffer.length, most));
        } catch (IOException e) {
            throw new Broken("the transfer broke off: " + e.getMessage());
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
