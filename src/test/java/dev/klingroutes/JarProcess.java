package dev.klingroutes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged application as a process of its own, started in a folder. */
public final class JarProcess {
    /** What {@code mvn package} leaves. */
    public static final Path JAR = Path.of("target", "kling-routes.jar").toAbsolutePath();

    private final Process process;

    private JarProcess(Process process) {
        this.process = process;
        // a test that is broken off leaves nobody running
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** What it says is appended to {@code console.log} in its folder. */
    public static JarProcess start(Path folder, Map<String, String> environment, String... jvm)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(jvm));
        command.addAll(List.of("-jar", JAR.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("console.log").toFile()));
        return new JarProcess(builder.start());
    }

    /** How a command ended, and what it said. */
    public record Ended(int code, String out, String err) {}

    /** Runs the jar with these words to its end. */
    public static Ended run(Path folder, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        Path err = Files.createTempFile("kling", ".err");
        try {
            Process process = builder.redirectError(err.toFile()).start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Whether it has ended by itself within this time. */
    public boolean endsWithin(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** How it ended; it must have. */
    public int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL: it hears nothing and cleans nothing up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM: it may finish what it is at. */
    public void stop() {
        process.destroy();
    }
}
