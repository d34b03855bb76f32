package dev.klingroutes.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Lines of a README in a shell, letter by letter. There {@code mvn} and {@code camel} are scripts
 * that bring the jar of this build under a version of its own, so that no older one can be meant,
 * and none of the user's is touched.
 */
final class Shell implements AutoCloseable {
    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final Path LOCAL_REPOSITORY = Path.of(System.getProperty("local.repository"));
    private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin", "mvn");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Path folder;
    private final String version;
    private final Path installed;
    private Process process;

    /**
     * @param folder where the lines run and {@code console.log} is written
     */
    Shell(Path folder) throws IOException {
        this.folder = folder;
        version = "0.1.0-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        installed =
                Files.createDirectories(
                        LOCAL_REPOSITORY.resolve("dev/klingroutes/kling-routes").resolve(version));
        Files.copy(
                HERE.resolve("target/kling-routes.jar"),
                installed.resolve("kling-routes-" + version + ".jar"));
        Files.writeString(
                installed.resolve("kling-routes-" + version + ".pom"),
                Files.readString(HERE.resolve("pom.xml"))
                        .replaceFirst(
                                "<version>0.1.0</version>", "<version>" + version + "</version>"));
        script("mvn", MAVEN + " -q -B -ntp -Dkling.version=" + version + " \"$@\"");
    }

    /** Has the Camel CLI, resolved by Maven. */
    Shell withCamel() throws IOException, InterruptedException {
        Path pom = HERE.resolve("src/test/camel-cli/pom.xml");
        Path classPath = folder.resolve(".bin/class-path");
        run("mvn -f " + pom + " dependency:build-classpath -Dmdep.outputFile=" + classPath);
        script(
                "camel",
                JAVA
                        + " -XX:TieredStopAtLevel=1 -cp "
                        + Files.readString(classPath).strip()
                        + " "
                        + pom.resolveSibling("CamelCli.java")
                        + " \"$@\"");
        return this;
    }

    private void script(String name, String command) throws IOException {
        Path script = Files.createDirectories(folder.resolve(".bin")).resolve(name);
        Files.writeString(script, "#!/bin/sh\nexec " + command + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    /** Runs a line to its end, which must be a good one. */
    void run(String line) throws IOException, InterruptedException {
        start(line, Map.of());
        boolean ended = process.waitFor(15, TimeUnit.MINUTES);
        close(process);
        assertThat(ended && process.exitValue() == 0).as("%s\n%s", line, console()).isTrue();
    }

    void start(String line, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                line.replace("kling-routes:0.1.0", "kling-routes:" + version))
                        .directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.environment().compute("PATH", (name, path) -> folder.resolve(".bin") + ":" + path);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("console.log").toFile()));
        process = builder.start();
        Process started = process;
        // a test that is broken off leaves nobody running
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(started)));
    }

    String console() throws IOException {
        return Files.readString(folder.resolve("console.log"));
    }

    /** The lines of a README, or of a page, that a person types. */
    static List<String> lines(Path file, String word) throws IOException {
        return Files.readAllLines(HERE.resolve(file)).stream()
                .filter(line -> line.startsWith("    ") && line.contains(word))
                .map(String::strip)
                .toList();
    }

    private static void close(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            close(process);
        }
        for (Path file : new Path[] {installed}) {
            try (var all = Files.list(file)) {
                for (Path one : all.toList()) {
                    Files.delete(one);
                }
            }
            Files.delete(file);
        }
    }
}
