package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Mp4Test {
    @TempDir Path folder;

    private String fault(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("x.mp4"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            return Mp4.fault(channel);
        }
    }

    private static byte[] boxes(Object... lengthsAndNames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < lengthsAndNames.length; i += 2) {
            int length = (int) lengthsAndNames[i];
            out.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
            out.writeBytes(((String) lengthsAndNames[i + 1]).getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(new byte[Math.max(0, length - 8)]);
        }
        return out.toByteArray();
    }

    @Test
    void a_whole_clip_is_whole_and_every_shorter_one_is_not() throws Exception {
        byte[] clip;
        try (InputStream in = Mp4Test.class.getResourceAsStream("/kling/sandbox.mp4")) {
            clip = in.readAllBytes();
        }

        assertThat(fault(clip)).isNull();
        for (int length = 0; length < clip.length; length += 97) {
            assertThat(fault(Arrays.copyOf(clip, length))).as("%d bytes", length).isNotNull();
        }
    }

    @Test
    void a_cut_between_two_boxes_is_seen_by_the_missing_index() throws Exception {
        assertThat(fault(boxes(16, "ftyp", 20, "mdat"))).contains("no index (moov)");
        assertThat(fault(boxes(16, "ftyp", 20, "moov"))).isNull();
        assertThat(fault(boxes(16, "ftyp", 20, "moof", 9, "mdat"))).isNull();
    }

    @Test
    void the_last_box_may_have_a_length_of_zero_or_of_64_bits() throws Exception {
        assertThat(fault(boxes(16, "ftyp", 20, "moov", 0, "mdat"))).isNull();
        byte[] large =
                boxes(16, "ftyp", 20, "moov", 1, "mdat", 0, "\0\0\0\30xxxxxxxx".substring(0, 4));
        ByteBuffer.wrap(large).putLong(44, 16);
        assertThat(fault(large)).isNull();
        ByteBuffer.wrap(large).putLong(44, Long.MAX_VALUE);
        assertThat(fault(large)).contains("cut off");
    }

    @Test
    void what_is_something_else_is_said() throws Exception {
        assertThat(fault("<html>sign in</html>".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("it is not an MP4");
        assertThat(fault(new byte[3])).isEqualTo("it ends inside a box header");
        assertThat(fault(new byte[0])).isNotNull();
    }
}
