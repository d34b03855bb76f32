package dev.klingroutes.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The bytes of one video: the clip, then a {@code free} box that players skip, holding the task's
 * id and number and as many further bytes as the wanted size asks for. No two places of that box
 * look alike, so that a piece put in the wrong place is seen.
 *
 * <p>The clip, {@code kling/sandbox.mp4} (H.264, yuv420p, 320x180, 2 s, 14 kB), was made by {@code
 * ffmpeg -f lavfi -i
 * gradients=s=320x180:d=2:r=24:c0=0x102a43:c1=0xf76707:c2=0x1971c2:c3=0x2f9e44:n=4:speed=0.03:seed=7
 * -vf "drawbox=y=66:w=320:h=48:color=black@0.45:t=fill,drawtext=fontfile=DejaVuSans-Bold.ttf
 * :text='Kling Routes
 * sandbox':fontcolor=white:fontsize=24:x=(w-text_w)/2+14*sin(PI*t):y=(h-text_h)/2" -c:v libx264
 * -profile:v main -preset veryslow -crf 28 -pix_fmt yuv420p -g 24 -movflags +faststart}.
 */
final class Video {
    private static final byte[] CLIP = clip();
    private static final int BLOCK = 64 * 1024;

    private final byte[] start;
    private final long size;
    private final long salt;

    Video(Task task, int n, long wantedSize) {
        byte[] label = (task.id() + "/" + n).getBytes(US_ASCII);
        size = Math.max(wantedSize, CLIP.length + 16 + label.length);
        salt = Long.parseLong(task.id()) * 31 + n;
        // the size 1 says that the real one follows as 64 bits
        start =
                ByteBuffer.allocate(CLIP.length + 16 + label.length)
                        .put(CLIP)
                        .putInt(1)
                        .put("free".getBytes(US_ASCII))
                        .putLong(size - CLIP.length)
                        .put(label)
                        .array();
    }

    long size() {
        return size;
    }

    /** Writes the bytes from {@code from} to before {@code to}. */
    void write(OutputStream out, long from, long to) throws IOException {
        long at = from;
        if (at < start.length) {
            int length = (int) (Math.min(to, start.length) - at);
            out.write(start, (int) at, length);
            at += length;
        }
        byte[] block = at < to ? new byte[BLOCK] : null;
        while (at < to) {
            long blockStart = at - at % 8;
            fill(block, blockStart);
            int skipped = (int) (at - blockStart);
            int length = (int) Math.min(to - at, BLOCK - skipped);
            out.write(block, skipped, length);
            at += length;
        }
    }

    private void fill(byte[] block, long at) {
        ByteBuffer words = ByteBuffer.wrap(block);
        for (long word = at; words.hasRemaining(); word += 8) {
            words.putLong(word ^ salt);
        }
    }

    private static byte[] clip() {
        try (InputStream in = Video.class.getResourceAsStream("/kling/sandbox.mp4")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
