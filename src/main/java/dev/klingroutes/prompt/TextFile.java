package dev.klingroutes.prompt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The text of a file: UTF-8, or UTF-16 with a byte order mark, and nothing that only looks so. */
final class TextFile {
    private static final int MEGABYTE = 1024 * 1024;

    private TextFile() {}

    /**
     * @param megabytes a larger file is refused without being read
     * @return empty if the file is refused, which has then been said
     */
    static Optional<String> read(Path file, int megabytes, String where, Faults faults)
            throws IOException {
        long size = Files.size(file);
        if (size > (long) megabytes * MEGABYTE) {
            faults.add(where, "the file has " + size + " bytes; the limit is " + megabytes + " MB");
            return Optional.empty();
        }
        Optional<String> text = decoded(Files.readAllBytes(file), faults);
        if (text.isPresent() && text.get().isBlank()) {
            faults.add(where, "the file is empty");
            return Optional.empty();
        }
        return text.filter(t -> isText(t, faults));
    }

    /** The same of bytes that are in no file; empty ones are text, too. */
    static Optional<String> text(byte[] bytes, Faults faults) {
        return decoded(bytes, faults).filter(text -> isText(text, faults));
    }

    private static Optional<String> decoded(byte[] bytes, Faults faults) {
        Charset charset = StandardCharsets.UTF_8;
        int mark = 0;
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            mark = 3;
        } else if (startsWith(bytes, 0xFE, 0xFF)) {
            charset = StandardCharsets.UTF_16BE;
            mark = 2;
        } else if (startsWith(bytes, 0xFF, 0xFE)) {
            charset = StandardCharsets.UTF_16LE;
            mark = 2;
        }
        CharsetDecoder decoder = charset.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, mark, bytes.length - mark);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            faults.add(
                    "byte offset " + in.position(),
                    "not a text file: the bytes are not " + charset + "; save it as UTF-8");
            return Optional.empty();
        }
        return Optional.of(out.flip().toString());
    }

    private static boolean startsWith(byte[] bytes, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (bytes.length <= i || (bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isText(String text, Faults faults) {
        int at = Controls.firstIn(text);
        if (at < 0) {
            return true;
        }
        long line = text.substring(0, at + 1).lines().count();
        int column = at - Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at));
        faults.add(
                "line " + line + ", column " + column,
                "not a text file: it holds the control character "
                        + Controls.name(text.charAt(at)));
        return false;
    }
}
