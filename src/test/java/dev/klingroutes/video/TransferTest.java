package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {
    @TempDir Path folder;
    private final byte[] bytes = new byte[200_001];

    private Transfer copy(InputStream from, long most, Transfer.Progress progress)
            throws IOException {
        try (FileChannel to =
                FileChannel.open(
                        folder.resolve("x"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Transfer transfer = new Transfer(to, most, progress);
            transfer.take(from, Long.MAX_VALUE);
            return transfer;
        }
    }

    @Test
    void a_copy_is_the_same_and_knows_its_size_and_hash() throws Exception {
        new Random(1).nextBytes(bytes);

        Transfer copied = copy(new ByteArrayInputStream(bytes), bytes.length, () -> false);

        assertThat(folder.resolve("x")).hasBinaryContent(bytes);
        assertThat(copied.size()).isEqualTo(bytes.length);
        assertThat(copied.sha256())
                .isEqualTo(Transfer.hash(Files.newInputStream(folder.resolve("x"))));
        assertThat(copied.sha256()).hasSize(64);
    }

    @Test
    void a_copy_ends_at_its_limit() {
        assertThatThrownBy(() -> copy(new ByteArrayInputStream(bytes), 200_000, () -> false))
                .isInstanceOf(Transfer.Broken.class)
                .hasMessageContaining("larger than 200000 bytes");
    }

    @Test
    void a_break_on_the_way_is_told_from_trouble_of_this_machine() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("reset");
                    }
                };

        assertThatThrownBy(() -> copy(broken, 1, () -> false))
                .isInstanceOf(Transfer.Broken.class)
                .hasMessageContaining("reset");
        assertThatThrownBy(
                        () ->
                                copy(
                                        new ByteArrayInputStream(bytes),
                                        bytes.length,
                                        () -> {
                                            throw new Transfer.Lost();
                                        }))
                .isInstanceOf(Transfer.Lost.class);
    }
}
