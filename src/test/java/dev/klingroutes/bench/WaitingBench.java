package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.task.TestLedger.On;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many tasks wait in one small JVM, each looked at 1,000 times a second in all, beside as many
 * promises of a Node.js process. {@code -Dbench.tasks}, {@code -Dbench.seconds} and {@code
 * -Dbench.warm-up} are for trying.
 */
class WaitingBench {
    private static final int SECONDS = Integer.getInteger("bench.seconds", 180);
    private static final Duration TO_START = Duration.ofSeconds(15);
    private static final Duration TO_WARM_UP =
            Duration.ofSeconds(Integer.getInteger("bench.warm-up", 20));

    /** Beside -Xmx256m: a heap that begins small, and a collector without tables of its own. */
    private static final String[] LITTLE = {"-XX:+UseSerialGC", "-Xms32m"};

    @TempDir Path folder;
    private Figures figures;
    private int tasks;
    private Duration spacing;

    @ParameterizedTest(name = "{0} tasks, every {1} s")
    @CsvSource({"10000, 10", "100000, 100"})
    void tasksWait(int many, int everySeconds) throws Exception {
        measure("waiting", many, everySeconds, List.of(On.values()));
    }

    @Test
    void tasksWaitInLittleMemory() throws Exception {
        measure("waiting-little", 10_000, 10, List.of(On.SQLITE), LITTLE);
    }

    private void measure(String file, int many, int everySeconds, List<On> ledgers, String... jvm)
            throws Exception {
        tasks = Integer.getInteger("bench.tasks", many);
        spacing = Duration.ofSeconds(everySeconds);
        figures =
                new Figures(
                        file,
                        "%,d tasks wait, each looked at every %d s, for %d s%s"
                                .formatted(
                                        tasks,
                                        everySeconds,
                                        SECONDS,
                                        jvm.length == 0 ? "" : ", with " + String.join(" ", jvm)));
        boolean peer = Peer.isHere();
        if (!peer) {
            figures.note("Node.js is not on this machine: there is no peer beside it.");
        }
        for (int run = 1; run <= Figures.RUNS; run++) {
            for (On on : ledgers) {
                ours(on, folder.resolve(tasks + "-" + run + "-" + on), jvm);
            }
            if (peer) {
                peers(folder.resolve(tasks + "-" + run + "-peer"));
            }
            figures.write();
        }
    }

    private List<Waiting> waiting() {
        return Waiting.evenly(tasks, spacing, System.currentTimeMillis() + TO_START.toMillis());
    }

    private void ours(On on, Path home, String... jvm) throws Exception {
        Files.createDirectories(home);
        try (Books books = new Books(on, home)) {
            ours(on, home, books, jvm);
        }
    }

    private void ours(On on, Path home, Books books, String... jvm) throws Exception {
        List<Waiting> waiting = waiting();
        try (Provider provider = Provider.sandbox(home.resolve("provider"), waiting)) {
            books.fill(waiting, provider.url());
            String subject = "Kling Routes, " + books.told();
            try (Application application =
                    new Application(
                            home,
                            provider.url(),
                            books,
                            Map.of("KLING_WATCH_EVERY", spacing.toSeconds() + "s"),
                            jvm)) {
                warmUp(waiting);
                List<Double> late = new ArrayList<>();
                long looks = provider.looks();
                Stretch stretch = new Stretch(books.processes(application.pid(), provider));
                eachSecond(() -> late.add(books.millisLate()));
                stretch.end();
                long made = provider.looks() - looks;
                Use use = new Use(application.pid());
                tell(subject, stretch, made, late);
                figures.add("resident, MB", subject, use.residentMegabytes());
                if (on == On.POSTGRESQL) {
                    figures.add(
                            "resident, the database beside it, MB",
                            subject,
                            books.databaseMegabytes());
                }
                figures.add("threads", subject, use.threads());
                figures.add(
                        "heap after a full collection, MB",
                        subject,
                        use.heapMegabytesAfterFullCollection());
                figures.add("tasks lost", subject, tasks - books.count("SUBMITTED"));
                assertThat(books.count("SUBMITTED")).as("tasks that still wait").isEqualTo(tasks);
                assertThat(application.isAlive()).isTrue();
            }
            assertThat(provider.stat("refused")).as("looks at what is not there").isZero();
        }
    }

    private void peers(Path home) throws Exception {
        String subject = "Node.js, not durable";
        List<Waiting> waiting = waiting();
        try (Provider provider = Provider.sandbox(home.resolve("provider"), waiting);
                Peer peer = new Peer(home, provider, waiting, spacing)) {
            warmUp(waiting);
            peer.told();
            List<Double> late = new ArrayList<>();
            long looks = provider.looks();
            Stretch stretch =
                    new Stretch(Map.of("application", peer.pid(), "provider", provider.pid()));
            eachSecond(() -> late.add(peer.told().required("late").doubleValue()));
            stretch.end();
            tell(subject, stretch, provider.looks() - looks, late);
            Use use = new Use(peer.pid());
            figures.add("resident, MB", subject, use.residentMegabytes());
            figures.add("threads", subject, use.threads());
            JsonNode told = peer.weighed();
            figures.add(
                    "heap after a full collection, MB",
                    subject,
                    told.required("heap").longValue() / 1024.0 / 1024);
            figures.add("tasks lost", subject, told.required("lost").intValue());
        }
    }

    private void tell(String subject, Stretch stretch, long made, List<Double> late) {
        assertThat(made).as("looks made").isPositive();
        Spread lateness = Spread.of(late);
        figures.add("looks/s", subject, made / stretch.seconds());
        figures.add("ms late, the latest look of each second: median", subject, lateness.median());
        figures.add("ms late, the latest look of each second: max", subject, lateness.max());
        figures.add(
                "CPU seconds for 1,000 looks",
                subject,
                stretch.cpuSeconds("application") / made * 1000);
        stretch.tell(figures, subject);
    }

    private static void warmUp(List<Waiting> waiting) {
        long until = waiting.get(0).dueAt() + TO_WARM_UP.toMillis();
        LockSupport.parkUntil(until);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(until);
    }

    private interface Sample {
        void take() throws Exception;
    }

    private static void eachSecond(Sample sample) throws Exception {
        long begin = System.nanoTime();
        for (int second = 1; second <= SECONDS; second++) {
            LockSupport.parkNanos(begin + TimeUnit.SECONDS.toNanos(second) - System.nanoTime());
            sample.take();
        }
    }
}
