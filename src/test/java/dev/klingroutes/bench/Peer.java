package dev.klingroutes.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The provider's quickstart for many tasks in one Node.js process: src/test/js/quickstart.mjs. */
final class Peer implements AutoCloseable {
    private static final Path SCRIPT =
            Path.of("src", "test", "js", "quickstart.mjs").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter ask;

    /** Whether Node.js is on this machine. */
    static boolean isHere() {
        try {
            return new ProcessBuilder("node", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException notHere) {
            return false;
        }
    }

    /**
     * @param home its folder, where videos of tasks that end go
     */
    Peer(Path home, Provider provider, List<Waiting> tasks, Duration spacing) throws IOException {
        Files.createDirectories(home);
        Path file = home.resolve("tasks.txt");
        Files.write(file, tasks.stream().map(task -> task.taskId() + " " + task.dueAt()).toList());
        ProcessBuilder node =
                new ProcessBuilder(
                        "node",
                        "--expose-gc",
                        SCRIPT.toString(),
                        provider.url(),
                        file.toString(),
                        String.valueOf(spacing.toMillis()));
        node.environment().put("COMETAPI_KEY", "test");
        process =
                node.directory(home.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        said = process.inputReader();
        ask = process.outputWriter();
    }

    long pid() {
        return process.pid();
    }

    /** What it has done since it was asked last. */
    JsonNode told() throws IOException {
        return answer("tell");
    }

    /** The same after a full collection. */
    JsonNode weighed() throws IOException {
        return answer("weigh");
    }

    private JsonNode answer(String asked) throws IOException {
        ask.write(asked + "\n");
        ask.flush();
        return JSON.readTree(said.readLine());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
