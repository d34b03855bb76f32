package dev.klingroutes.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Lines of a README in a shell, letter by letter. There {@code mvn} and {@code camel} are scripts
 * that give them a local repository of its own: the jar of this build under its coordinates, and
 * beside it links into the user's, so that nothing is fetched twice and an installed jar of ours is
 * neither meant nor overwritten.
 */
public final class Shell implements AutoCloseable {
    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final Path USERS = Path.of(System.getProperty("local.repository"));
    private static final Path REPOSITORY = HERE.resolve("target/repository");

    /** Where the Camel CLI keeps its diary. */
    private static final Path HOME = HERE.resolve("target/home");

    private static final Path OURS = Path.of("dev/klingroutes");
    private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin", "mvn");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Path folder;
    private Process process;

    /**
     * @param folder where the lines run and {@code console.log} is written
     */
    public Shell(Path folder) throws IOException {
        this.folder = folder;
        install();
        moveIn();
        script("mvn", MAVEN + " -q -B -ntp -Dmaven.repo.local=" + REPOSITORY + " \"$@\"");
    }

    /** What {@code mvn install} does, with the jar that the tests before this were about. */
    private static void install() throws IOException {
        link(USERS, Files.createDirectories(REPOSITORY), OURS.getParent());
        Path beside = Files.createDirectories(USERS.resolve(OURS.getParent()));
        link(
                beside,
                Files.createDirectories(REPOSITORY.resolve(OURS.getParent())),
                OURS.getFileName());
        Path jar = REPOSITORY.resolve(OURS).resolve("kling-routes/0.1.0/kling-routes-0.1.0.jar");
        Files.createDirectories(jar.getParent());
        Files.copy(
                HERE.resolve("target/kling-routes.jar"), jar, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                HERE.resolve("pom.xml"),
                jar.resolveSibling("kling-routes-0.1.0.pom"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** What the user tells Maven of proxies and mirrors is good for the Camel CLI too. */
    private static void moveIn() throws IOException {
        Path link = Files.createDirectories(HOME).resolve(".m2");
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, Path.of(System.getProperty("user.home"), ".m2"));
        }
    }

    private static void link(Path from, Path to, Path except) throws IOException {
        try (Stream<Path> all = Files.list(from)) {
            for (Path one : all.toList()) {
                Path link = to.resolve(one.getFileName());
                if (!one.endsWith(except) && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(link, one);
                }
            }
        }
    }

    /** Has the Camel CLI, resolved by Maven. */
    public Shell withCamel() throws IOException, InterruptedException {
        Path pom = HERE.resolve("src/test/camel-cli/pom.xml");
        Path classPath = folder.resolve(".bin/class-path");
        run("mvn -f " + pom + " dependency:build-classpath -Dmdep.outputFile=" + classPath);
        script(
                "camel",
                JAVA
                        + " -XX:TieredStopAtLevel=1 -Duser.home="
                        + HOME
                        + " -Dmaven.repo.local="
                        + REPOSITORY
                        + " -cp "
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

    public void start(String line, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(folder.toFile());
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

    public String console() throws IOException {
        return Files.readString(folder.resolve("console.log"));
    }

    /** The lines of a README, or of a page, that a person types. */
    public static List<String> lines(Path file, String word) throws IOException {
        return Files.readAllLines(HERE.resolve(file)).stream()
                .filter(line -> line.startsWith("    ") && line.contains(word))
                .map(String::strip)
                .toList();
    }

    /** At once and with all that it started; what it wrote and locked is free then. */
    private static void close(Process process) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }

    @Override
    public void close() {
        if (process != null) {
            close(process);
        }
    }
}
