package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.JarProcess;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand tasks wait in one small JVM, and each is looked at every ten seconds: {@code mvn
 * -Pbench verify}. It measures and judges nothing; docs/benchmark.md keeps what was seen.
 */
class WaitingBench {
    private static final int TASKS = 10_000;
    private static final int EVERY_SECONDS = 10;
    private static final int SLICES = 12;
    private static final int SLICE_SECONDS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path home;

    private Process provider;
    private String url;
    private JarProcess application;
    private Connection ledger;

    @AfterEach
    void end() throws Exception {
        ledger.close();
        application.kill();
        provider.destroyForcibly().waitFor();
    }

    @Test
    void tenThousandTasksWait() throws Exception {
        startProvider();
        dropPrompts();
        startApplication();
        submitAll();
        watch();
        weigh();
    }

    private void startProvider() throws IOException {
        String lib = JarProcess.JAR.resolveSibling("lib") + File.separator + "*";
        provider =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-cp",
                                JarProcess.JAR + File.pathSeparator + lib,
                                "dev.klingroutes.sandbox.SandboxMain",
                                "--render",
                                "60m",
                                "--in-flight",
                                "0")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(provider::destroyForcibly));
        BufferedReader said = provider.inputReader();
        url = said.readLine();
    }

    private void dropPrompts() throws IOException {
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int row = 1; row <= TASKS; row++) {
            csv.append("a small ceramic cup number ").append(row).append('\n');
        }
        Files.createDirectories(home.resolve("inbox"));
        Files.writeString(home.resolve("inbox").resolve("cups.csv"), csv);
    }

    private void startApplication() throws Exception {
        application =
                JarProcess.start(
                        home,
                        Map.of(
                                "COMETAPI_KEY",
                                "test",
                                "KLING_API_URL",
                                url,
                                "KLING_SUBMIT_IN_FLIGHT",
                                String.valueOf(TASKS),
                                "KLING_WATCH_EVERY",
                                EVERY_SECONDS + "s"),
                        "-Xmx256m");
        Path file = home.resolve("data").resolve("ledger.db");
        await().atMost(Duration.ofMinutes(1)).until(() -> stats().get("created").longValue() > 0);
        ledger = DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private void submitAll() {
        long begin = System.nanoTime();
        await().atMost(Duration.ofMinutes(20))
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () ->
                                number("select count(*) from kling_task where state = 'SUBMITTED'")
                                        == TASKS);
        double seconds = (System.nanoTime() - begin) / 1e9;
        tell("submitted %d tasks in %.0f s: %.0f a second", TASKS, seconds, TASKS / seconds);
    }

    private void watch() throws Exception {
        List<Double> rates = new ArrayList<>();
        List<Double> lateness = new ArrayList<>();
        long allLooks = looks();
        long allCpu = cpuMillis(application.pid());
        long providerCpu = cpuMillis(provider.pid());
        long machineCpu = machineCpuMillis();
        long begin = System.nanoTime();
        for (int slice = 0; slice < SLICES; slice++) {
            long looks = looks();
            long start = System.nanoTime();
            for (int second = 1; second <= SLICE_SECONDS; second++) {
                assertThat(application.endsWithin(1_000)).isFalse();
                lateness.add(latest());
            }
            rates.add((looks() - looks) / ((System.nanoTime() - start) / 1e9));
            tell("%3d s: %.0f looks/s", (slice + 1) * SLICE_SECONDS, rates.get(slice));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long made = looks() - allLooks;
        tell("looks/s in slices of %d s: %s", SLICE_SECONDS, spread(rates));
        tell(
                "looks/s over %.0f s: %.0f, so a task is looked at every %.2f s on average",
                seconds, made / seconds, TASKS * seconds / made);
        tell("ms that the latest waiting look is late, each second: %s", spread(lateness));
        tell(
                "CPU of the application: %.2f s for 1,000 looks",
                (cpuMillis(application.pid()) - allCpu) / (double) made);
        tell(
                "of the machine's %d cores the application used %.2f, the sandbox %.2f, all else %.2f",
                Runtime.getRuntime().availableProcessors(),
                (cpuMillis(application.pid()) - allCpu) / seconds / 1000,
                (cpuMillis(provider.pid()) - providerCpu) / seconds / 1000,
                (machineCpuMillis()
                                - machineCpu
                                - (cpuMillis(application.pid()) - allCpu)
                                - (cpuMillis(provider.pid()) - providerCpu))
                        / seconds
                        / 1000);
    }

    private void weigh() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/" + application.pid() + "/status"))) {
            if (line.startsWith("VmRSS") || line.startsWith("Threads")) {
                tell("%s", line.replaceAll("\\s+", " "));
            }
        }
        tell(
                "%s",
                jcmd("Thread.print").lines().filter(l -> l.startsWith("\"")).count()
                        + " Java threads");
        jcmd("GC.run");
        tell(
                "heap after a full GC: %s",
                jcmd("GC.heap_info").lines().skip(1).findFirst().orElse(""));
    }

    /** How long ago the longest waiting task that nobody has taken should have been looked at. */
    private double latest() throws SQLException {
        long due =
                number(
                        "select coalesce(min(due_at), 0) from kling_task"
                                + " where state = 'SUBMITTED' and claimed = 0");
        return due == 0 ? 0 : Math.max(0, System.currentTimeMillis() - due);
    }

    private static String spread(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return "median %.0f, min %.0f, max %.0f"
                .formatted(
                        sorted.get(sorted.size() / 2),
                        sorted.get(0),
                        sorted.get(sorted.size() - 1));
    }

    private long looks() throws IOException {
        return stats().get("looks").longValue();
    }

    private JsonNode stats() throws IOException {
        return JSON.readTree(URI.create(url + "/sandbox/stats").toURL());
    }

    private static long cpuMillis(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow()
                .toMillis();
    }

    /** What all processes used: a measurement beside a busy neighbour must say so. */
    private static long machineCpuMillis() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        return 10
                * (Long.parseLong(ticks[1]) + Long.parseLong(ticks[2]) + Long.parseLong(ticks[3]));
    }

    private String jcmd(String command) throws IOException {
        Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                String.valueOf(application.pid()),
                                command)
                        .start();
        return new String(jcmd.getInputStream().readAllBytes());
    }

    private long number(String query) throws SQLException {
        try (Statement statement = ledger.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void tell(String format, Object... values) {
        System.out.println("bench: " + format.formatted(values));
    }
}
