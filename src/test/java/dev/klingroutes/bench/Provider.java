package dev.klingroutes.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.JarProcess;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands in for the provider, as a process of its own beside what is measured. */
final class Provider implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final String url;

    private Provider(String classPath, String main, List<String> options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-cp", classPath, main));
        command.addAll(options);
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        url = process.inputReader().readLine();
    }

    /** The sandbox with these options of its command line. */
    static Provider sandbox(String... options) throws IOException {
        return new Provider(
                JarProcess.JAR
                        + File.pathSeparator
                        + JarProcess.JAR.resolveSibling("lib")
                        + File.separator
                        + "*",
                "dev.klingroutes.sandbox.SandboxMain",
                List.of(options));
    }

    /** A sandbox that knows these tasks as if it had been asked for them. */
    static Provider sandbox(Path folder, List<Waiting> tasks, String... options)
            throws IOException {
        Files.createDirectories(folder);
        try (BufferedWriter lines = Files.newBufferedWriter(folder.resolve("tasks.jsonl"))) {
            for (Waiting task : tasks) {
                lines.write(task.atTheSandbox());
                lines.newLine();
            }
        }
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--folder", folder.toString(), "--in-flight", "0"));
        return sandbox(all.toArray(String[]::new));
    }

    /** One that answers every look with "processing" and does little else. */
    static Provider lean() throws IOException {
        return new Provider(
                Path.of("target", "test-classes").toString(),
                LeanProvider.class.getName(),
                List.of());
    }

    String url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    long looks() throws IOException {
        return stat("looks");
    }

    long stat(String name) throws IOException {
        return get("/sandbox/stats").required(name).longValue();
    }

    JsonNode get(String path) throws IOException {
        var call = URI.create(url + path).toURL().openConnection();
        call.setRequestProperty("Authorization", "Bearer test");
        return JSON.readTree(call.getInputStream());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
