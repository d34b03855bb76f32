package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.JarProcess;
import dev.klingroutes.examples.Shell;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the start of the process to the line "watching", beside a Camel Main that does nothing. */
class StartBench {
    private static final String READY = "watching";
    private static final double MEGABYTE = 1_000_000;

    @TempDir Path folder;

    @Test
    void start() throws Exception {
        Figures figures = new Figures("start", "From process start to \"watching\"");
        for (int run = 1; run <= Figures.RUNS; run++) {
            Path home = Files.createDirectories(folder.resolve(String.valueOf(run)));
            tell(figures, "Kling Routes, new folders and ledger", ours(home));
            tell(figures, "Kling Routes, the next start", ours(home));
            tell(figures, "Camel Main, empty", empty(home));
            figures.add("jar, MB", "Kling Routes, the next start", megabytes(JarProcess.JAR));
            figures.add(
                    "jar and target/lib, MB",
                    "Kling Routes, the next start",
                    megabytes(JarProcess.JAR) + lib());
            figures.write();
        }
    }

    /** The rooms by the README's line, with all that it needs in the local repository. */
    @Test
    void withTheCamelCli() throws Exception {
        Figures figures =
                new Figures(
                        "start-camel-cli", "From `camel run` to \"started in\", fetching nothing");
        String line = Shell.lines(Path.of("README.md"), "camel run routes").get(0);
        for (int run = 0; run <= Figures.RUNS; run++) {
            Path home = Files.createDirectories(folder.resolve("cli-" + run));
            Files.createSymbolicLink(home.resolve("routes"), Path.of("routes").toAbsolutePath());
            try (Shell shell = new Shell(home).withCamel()) {
                long begin = System.nanoTime();
                shell.start(line, Map.of("KLING_API_URL", "http://127.0.0.1:9"));
                await().atMost(Duration.ofMinutes(4))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> shell.console().contains("started in"));
                double seconds = (System.nanoTime() - begin) / 1e9;
                // the first one may fetch
                if (run > 0) {
                    figures.add("seconds", "Camel CLI 4.17.0, warm", seconds);
                    figures.write();
                }
            }
        }
    }

    private record Started(double seconds, double cpuSeconds, double megabytes) {}

    private static void tell(Figures figures, String subject, Started started) {
        figures.add("seconds", subject, started.seconds());
        figures.add("CPU seconds", subject, started.cpuSeconds());
        figures.add("resident, MB", subject, started.megabytes());
    }

    private static Started ours(Path home) throws Exception {
        return started(home, List.of("-jar", JarProcess.JAR.toString()));
    }

    private static Started empty(Path home) throws Exception {
        String lib = JarProcess.JAR.resolveSibling("lib") + File.separator + "*";
        String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        return started(
                home,
                List.of(
                        "-Dlog4j2.configurationFile=classpath:kling/log4j2.properties",
                        "-cp",
                        String.join(File.pathSeparator, JarProcess.JAR.toString(), classes, lib),
                        EmptyMain.class.getName()));
    }

    private static Started started(Path home, List<String> what) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.addAll(what);
        ProcessBuilder java =
                new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
        java.environment().put("COMETAPI_KEY", "test");
        // nobody is called: there is nothing to do
        java.environment().put("KLING_API_URL", "http://127.0.0.1:9");
        long begin = System.nanoTime();
        Process process = java.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        try {
            awaitReady(process.inputReader());
            double seconds = (System.nanoTime() - begin) / 1e9;
            Use use = new Use(process.pid());
            return new Started(seconds, use.cpuSeconds(), use.residentMegabytes());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void awaitReady(BufferedReader said) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains(READY)) {
                return;
            }
            all.append(line).append('\n');
        }
        assertThat(all.toString()).as("what it said before it ended").contains(READY);
    }

    private static double lib() throws IOException {
        double sum = 0;
        try (var jars = Files.list(JarProcess.JAR.resolveSibling("lib"))) {
            for (Path jar : jars.toList()) {
                sum += megabytes(jar);
            }
        }
        return sum;
    }

    private static double megabytes(Path file) throws IOException {
        return Files.size(file) / MEGABYTE;
    }
}
