package dev.klingroutes.video;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Copies a reply's bytes to a file in constant memory, counting and hashing them on the way. */
final class Transfer {
    private static final int BUFFER_BYTES = 1 << 16;

    /** The transfer broke on the provider's side; the message says how. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message);
        }
    }

    /** The claim was lost on the way. */
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Asked for every buffer; throws to end the copy. */
    interface Progress {
        void check() throws IOException;
    }

    record Copied(long size, String sha256) {}

    private Transfer() {}

    /**
     * @param maxBytes where the copy gives up
     * @throws Broken if reading failed; any other exception is trouble of this machine
     */
    static Copied copy(InputStream from, FileChannel to, long maxBytes, Progress progress)
            throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = 0;
        int read;
        while ((read = read(from, buffer)) >= 0) {
            size += read;
            if (size > maxBytes) {
                throw new Broken(
                        "it is larger than " + maxBytes + " bytes (kling.download.max-bytes)");
            }
            progress.check();
            digest.update(buffer, 0, read);
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        }
        return new Copied(size, HexFormat.of().formatHex(digest.digest()));
    }

    static String hash(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = in.read(buffer)) >= 0) {
            digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static int read(InputStream from, byte[] buffer) throws Broken {
        try {
            return from.read(buffer);
        } catch (IOException e) {
            throw new Broken("the transfer broke off: " + e.getMessage());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
