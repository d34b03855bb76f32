package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rename is two steps, and a process may be killed between them. */
class KilledRenameTest {
    @TempDir Path folder;

    @Test
    void a_rename_that_was_killed_half_way_is_finished() throws Exception {
        Path from = Files.writeString(folder.resolve("from"), "a video");
        Path to = Files.createLink(folder.resolve("to"), from);

        Durable.rename(from, to);

        assertThat(from).doesNotExist();
        assertThat(to).hasContent("a video");
    }

    @Test
    void a_file_that_only_looks_the_same_is_not_ours() throws Exception {
        Path from = Files.writeString(folder.resolve("from"), "a video");
        Path to = Files.writeString(folder.resolve("to"), "a video");

        assertThatThrownBy(() -> Durable.rename(from, to))
                .isInstanceOf(FileAlreadyExistsException.class);

        assertThat(from).exists();
    }

    @Test
    void a_link_to_nowhere_holds_its_name() throws Exception {
        Path from = Files.writeString(folder.resolve("from"), "a video");
        Path to = Files.createSymbolicLink(folder.resolve("to"), folder.resolve("nowhere"));

        assertThatThrownBy(() -> Durable.rename(from, to))
                .isInstanceOf(FileAlreadyExistsException.class);

        assertThat(from).exists();
    }
}
