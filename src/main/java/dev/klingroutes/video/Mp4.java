package dev.klingroutes.video;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/** Whether bytes are a whole MP4: it begins with {@code ftyp} and its boxes end where it ends. */
final class Mp4 {
    private static final int HEADER = 8;

    private Mp4() {}

    /** Null if it is whole, else what is wrong with it. */
    static String fault(SeekableByteChannel file) throws IOException {
        long end = file.size();
        long at = 0;
        boolean first = true;
        boolean index = false;
        while (at < end) {
            ByteBuffer header = ByteBuffer.allocate(2 * HEADER);
            file.position(at);
            while (header.hasRemaining() && file.read(header) >= 0) {}
            if (header.position() < HEADER) {
                return "it ends inside a box header";
            }
            header.flip();
            long length = Integer.toUnsignedLong(header.getInt());
            byte[] name = new byte[4];
            header.get(name);
            String type = new String(name, StandardCharsets.ISO_8859_1);
            if (first && !type.equals("ftyp")) {
                return "it is not an MP4";
            }
            if (length == 1 && header.remaining() == HEADER) {
                length = header.getLong();
            } else if (length == 0) {
                length = end - at;
            }
            if (length < HEADER || length > end - at) {
                return "it is cut off: the box " + type + " is longer than the file";
            }
            index |= type.equals("moov") || type.equals("moof");
            first = false;
            at += length;
        }
        return index ? null : "it is cut off: there is no index (moov)";
    }
}
