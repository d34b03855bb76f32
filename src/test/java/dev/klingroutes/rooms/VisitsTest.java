package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that come and go in one process, with work in hand, leave nothing behind. */
@EnabledOnOs(OS.LINUX)
class VisitsTest {
    /** Of each of two guests; a stop with work in hand takes Camel a second. */
    private static final int VISITS = 25;

    private static final String UNFINISHED =
            "select stem || ' ' || state || ', claim ' || claim || ', claimed ' || claimed"
                    + " || ', due ' || due_at from kling_task"
                    + " where state not in ('DELIVERED', 'FAILED')";

    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @TempDir Path home;

    @Test
    void fifty_visits_leave_no_thread_no_connection_and_no_file() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(Postgres.freshSchema());
        config.setPoolName("host");
        // all at once, or one that is opened later would look like one that was left
        config.setMinimumIdle(8);
        config.setMaximumPoolSize(8);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try (HikariDataSource pool = new HikariDataSource(config);
                Guest ours = new Guest(home.resolve("ours"));
                Guest hosts = new Guest(home.resolve("hosts"))) {
            hosts.house.with("kling.ledger.url", config.getJdbcUrl()).bind("klingDataSource", pool);
            // the first ones bring what a process has once
            visit(two, ours, hosts, Visit.values().length);
            Set<Thread> threads = threads();
            Map<String, Long> files = openFiles();
            Set<String> temporary = temporaryFiles();

            visit(two, ours, hosts, VISITS);

            soon(() -> assertThat(threads()).isSubsetOf(threads));
            soon(() -> assertThat(left(files)).isEmpty());
            assertThat(temporaryFiles()).isSubsetOf(temporary);
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            assertThat(home.resolve("ours/data")).isDirectory();
            assertThat(home.resolve("hosts/data")).doesNotExist();
            ours.finish();
            hosts.finish();
        } finally {
            two.shutdownNow();
        }
    }

    private static void visit(ExecutorService two, Guest one, Guest other, int times)
            throws Exception {
        List<Callable<Void>> visits = List.of(() -> one.visit(times), () -> other.visit(times));
        for (Future<Void> done : two.invokeAll(visits)) {
            done.get();
        }
    }

    /** What is going on when the context stops. */
    private enum Visit {
        ACCEPTING,
        RENDERING,
        DOWNLOADING,
        FAILED;

        boolean isOn(House.Row task, Set<String> outbox) {
            return switch (this) {
                case ACCEPTING -> true;
                case RENDERING -> task.taskId() != null;
                case DOWNLOADING -> outbox.stream().anyMatch(name -> name.endsWith(".part"));
                case FAILED -> task.state().equals("FAILED");
            };
        }
    }

    private static final class Guest implements AutoCloseable {
        private final Sandbox sandbox;
        private final House house;
        private int drops;

        Guest(Path home) throws IOException {
            sandbox =
                    Sandbox.start(
                            SandboxSettings.defaults()
                                    .withRender(Duration.ofMillis(100))
                                    .withInFlight(0));
            house = new House(home, sandbox);
        }

        Void visit(int times) throws Exception {
            for (int i = 0; i < times; i++) {
                visit(Visit.values()[i % Visit.values().length]);
            }
            return null;
        }

        private void visit(Visit visit) throws Exception {
            sandbox.misbehave(visit == Visit.DOWNLOADING ? "download.stall=1,slow-ms=300" : "");
            String name = "cat-" + drops++;
            try (House open = house.open()) {
                open.drop(name + ".txt", visit == Visit.FAILED ? "a [fail] cat" : "a cat");
                soon(() -> assertThat(visit.isOn(open.task(name), open.files("outbox"))).isTrue());
            }
        }

        /** What was left half done is done now, and nothing was bought twice. */
        void finish() throws Exception {
            sandbox.misbehave("");
            try (House open = house.open()) {
                // what waited for a worker when a context stopped is claimed until its lease is
                // over
                House.soon()
                        .atMost(Duration.ofSeconds(90))
                        .untilAsserted(() -> assertThat(open.values(UNFINISHED)).isEmpty());
                assertThat(open.tasks("DELIVERED") + open.tasks("FAILED")).isEqualTo(drops);
            }
            assertThat(sandbox.stats().createsReceived()).isEqualTo(drops);
        }

        @Override
        public void close() {
            sandbox.close();
        }
    }

    /** The test's own wait and answer, and Java's own workers, come and go as they like. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(
                        thread ->
                                !thread.getName()
                                        .matches(
                                                "(sandbox|awaitility|ForkJoinPool\\.commonPool"
                                                        + "|host[: ]|HTTP-Dispatcher|process reaper).*"))
                .collect(Collectors.toSet());
    }

    /** How many more there are than there were, by what they are; a jar is opened once. */
    private static Map<String, Long> left(Map<String, Long> before) throws IOException {
        Map<String, Long> left = new HashMap<>();
        openFiles()
                .forEach(
                        (file, count) -> {
                            long more = count - before.getOrDefault(file, 0L);
                            if (more > 0) {
                                left.put(file, more);
                            }
                        });
        return left;
    }

    private static Map<String, Long> openFiles() throws IOException {
        try (Stream<Path> all = Files.list(OPEN_FILES)) {
            return all.map(VisitsTest::target)
                    .filter(target -> !target.isEmpty() && !target.endsWith(".jar"))
                    .collect(groupingBy(target -> target, counting()));
        }
    }

    /** The file, or the kind of what is none, such as a socket. */
    private static String target(Path open) {
        try {
            return Files.readSymbolicLink(open).toString().replaceFirst(":\\[\\d+]", "");
        } catch (IOException closed) {
            return "";
        }
    }

    private static Set<String> temporaryFiles() {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("(camel|kling-routes|flyway|jdbi).*"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
