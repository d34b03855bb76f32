package dev.klingroutes.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {
    @TempDir Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void a_rename_gives_the_name_and_takes_the_old_one() throws Exception {
        Durable.rename(file("a", "mine"), folder.resolve("b"));

        assertThat(folder.resolve("b")).hasContent("mine");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void a_name_that_is_taken_stays_with_whom_it_is() throws Exception {
        Path mine = file("a", "mine");
        Path theirs = file("b", "theirs");

        assertThatThrownBy(() -> Durable.rename(mine, theirs))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(mine).hasContent("mine");
        assertThat(theirs).hasContent("theirs");
    }

    @Test
    void what_has_gone_cannot_be_renamed() {
        assertThatThrownBy(() -> Durable.rename(folder.resolve("a"), folder.resolve("b")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_small_file_is_written_whole_or_not_at_all() throws Exception {
        byte[] text = "new".getBytes(StandardCharsets.UTF_8);
        Path part = file(".part", "a longer rest of an earlier try");
        Path theirs = file("b", "theirs");

        assertThatThrownBy(() -> Durable.write(part, theirs, text))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(theirs).hasContent("theirs");
        Durable.write(part, folder.resolve("c"), text);
        assertThat(folder.resolve("c")).hasContent("new");
        Durable.replace(part, theirs, text);
        assertThat(theirs).hasContent("new");
        assertThat(part).doesNotExist();
    }
}
