package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static dev.klingroutes.sandbox.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.TurnedClock;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFolderTest {
    @TempDir Path folder;
    private final TurnedClock clock = new TurnedClock();
    private int port;
    private String id;

    @BeforeEach
    void aRunBefore() throws Exception {
        try (Sandbox sandbox = start()) {
            port = sandbox.port();
            id = new Caller(sandbox).created(body("mine"));
        }
    }

    @Test
    void tasksGoOnAtTheSameAddress() throws Exception {
        clock.turn(Duration.ofSeconds(8));
        try (Sandbox sandbox = start()) {
            Caller caller = new Caller(sandbox);
            assertThat(sandbox.port()).isEqualTo(port);
            assertThat(sandbox.tasks()).hasSize(1);
            assertThat(json(caller.look(id)).at("/data/task_status").textValue())
                    .isEqualTo("succeed");
            assertThat(Caller.download(caller.link(id)).statusCode()).isEqualTo(200);
            assertThat(caller.create(body("mine")).statusCode()).isEqualTo(400);
            assertThat(caller.created(body("other"))).isNotEqualTo(id);
        }
    }

    @Test
    void keptTasksStillHoldTheirSlots() throws Exception {
        try (Sandbox sandbox = start()) {
            assertThat(sandbox.stats().inFlight()).isEqualTo(1);
        }
    }

    @Test
    void aPortTakenByAnotherIsReplaced() throws Exception {
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress("127.0.0.1", port));
            try (Sandbox sandbox = start()) {
                assertThat(sandbox.port()).isNotEqualTo(port);
                assertThat(sandbox.tasks()).hasSize(1);
            }
        }
    }

    @Test
    void aTornLineCostsOnlyItself() throws Exception {
        Files.writeString(
                folder.resolve("tasks.jsonl"), "\n{\"id\":\"17", StandardOpenOption.APPEND);
        try (Sandbox sandbox = start()) {
            new Caller(sandbox).created(body("next"));
        }
        try (Sandbox sandbox = start()) {
            assertThat(sandbox.tasks())
                    .extracting(SandboxTask::externalTaskId)
                    .containsExactly("mine", "next");
        }
    }

    private Sandbox start() throws Exception {
        return Sandbox.start(SandboxSettings.defaults().withFolder(folder), clock);
    }
}
