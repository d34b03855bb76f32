package dev.klingroutes.video;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/** Whether bytes are what the ending of their name says, judged by how they begin and end. */
final class Signature {
    private static final int BEGIN = 12;
    private static final int END = 12;

    private Signature() {}

    /** Null if they are, else what is wrong with them. */
    static String fault(String name, SeekableByteChannel file) throws IOException {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        if (ending.equals("mp4") || ending.equals("m4a")) {
            return Mp4.fault(file);
        }
        String begin = text(file, 0, BEGIN);
        String end = text(file, Math.max(0, file.size() - END), END);
        return switch (ending) {
            case "png" ->
                    fault(
                            ending,
                            begin.startsWith("\u0089PNG\r\n\u001a\n"),
                            end.startsWith("\0\0\0\0IEND"));
            case "jpg" ->
                    fault(
                            ending,
                            begin.startsWith("\u00ff\u00d8\u00ff"),
                            end.endsWith("\u00ff\u00d9"));
            case "webp" -> fault(ending, riff(begin, "WEBP"), riffLength(begin) <= file.size());
            case "wav" -> fault(ending, riff(begin, "WAVE"), riffLength(begin) <= file.size());
            // frames to the end, whatever follows
            case "mp3" ->
                    fault(
                            ending,
                            begin.startsWith("ID3") || begin.matches("(?s)\u00ff[\u00e0-\u00ff].*"),
                            true);
            default -> throw new IllegalArgumentException("no signature is known of " + ending);
        };
    }

    private static String fault(String ending, boolean begins, boolean ends) {
        return !begins ? "it is not a " + ending : !ends ? "it is cut off" : null;
    }

    private static boolean riff(String begin, String kind) {
        return begin.startsWith("RIFF") && begin.endsWith(kind);
    }

    private static long riffLength(String begin) {
        ByteBuffer bytes = ByteBuffer.wrap(begin.getBytes(StandardCharsets.ISO_8859_1));
        return begin.length() < BEGIN
                ? 0
                : 8 + Integer.toUnsignedLong(Integer.reverseBytes(bytes.getInt(4)));
    }

    private static String text(SeekableByteChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.position(from);
        while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}
