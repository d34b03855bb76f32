package dev.klingroutes.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What of a sandbox outlives its process: {@code tasks.jsonl} and {@code port}. */
final class TaskFolder {
    private final Path folder;

    /**
     * @param folder null keeps nothing
     */
    TaskFolder(Path folder) throws IOException {
        this.folder = folder;
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    List<Task> tasks() throws IOException {
        List<Task> tasks = new ArrayList<>();
        if (folder != null && Files.exists(folder.resolve("tasks.jsonl"))) {
            for (String line : Files.readAllLines(folder.resolve("tasks.jsonl"), UTF_8)) {
                try {
                    tasks.add(Json.read(line, Task.class));
                } catch (JsonProcessingException e) {
                    // the line during which an earlier run was killed: nobody was told of that task
                }
            }
        }
        return tasks;
    }

    void append(Task task) {
        if (folder != null) {
            // begins with the newline, so that a torn line does not spoil the next
            write("tasks.jsonl", "\n" + Json.write(task));
        }
    }

    /** The port used last, or 0. */
    int port() throws IOException {
        Path file = folder == null ? null : folder.resolve("port");
        if (file == null || !Files.exists(file)) {
            return 0;
        }
        String text = Files.readString(file).strip();
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    void rememberPort(int port) throws IOException {
        if (folder != null) {
            Files.writeString(folder.resolve("port"), port + "\n");
        }
    }

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text, UTF_8, CREATE, APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
