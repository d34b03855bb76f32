package dev.klingroutes.failure;

import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.video.Durable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ErrorFilesTest {
    private final TestLedger test = TestLedger.on(TestLedger.On.SQLITE);
    private final Path failed = test.settings().folder("kling.failed.dir");

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void what_a_killed_process_was_about_to_write_is_owed_after_the_start() {
        owing(Move.to(UNCERTAIN).reported());
        assertThat(files().owing()).isEmpty();

        test.restart();

        assertThat(files().owing()).hasSize(1);
    }

    @Test
    void what_a_killed_process_left_half_written_goes() throws Exception {
        Task task = owing(Move.to(UNCERTAIN).reported());
        Files.createDirectories(failed);
        for (long claim = 0; claim <= task.claim(); claim++) {
            Files.createFile(Durable.part(failed, "cat.error.json", task, claim));
        }

        files().settle(task);

        assertThat(names()).containsExactly("cat.error.json");
    }

    @Test
    void the_prompt_of_a_failed_task_is_there_once_however_often_it_was_written() throws Exception {
        Task task = owing(Move.to(FAILED).reported());

        files().settle(task);
        files().settle(task);

        assertThat(names()).containsExactly("cat.error.json", "cat.json");
    }

    @Test
    void a_file_of_the_users_is_left_alone() throws Exception {
        Task task = owing(Move.to(FAILED).reported());
        Files.createDirectories(failed);
        Files.writeString(failed.resolve("cat.json"), "my own notes");

        files().settle(task);

        assertThat(failed.resolve("cat.json")).hasContent("my own notes");
        assertThat(names()).contains("cat~" + task.id().substring(0, 8) + ".json");
    }

    private Task owing(Move move) {
        test.ledger().write(test.claimed(SUBMITTING, "cat"), move);
        return files().owing().get(0);
    }

    private ErrorFiles files() {
        return new ErrorFiles(test.ledger(), test.settings(), test.clock());
    }

    private Iterable<String> names() throws Exception {
        try (var files = Files.list(failed)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
