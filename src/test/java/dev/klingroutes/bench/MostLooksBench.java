package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.TestLedger.On;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As many looks a second as can be made: more tasks are always due than are looked at. Beside the
 * sandbox, and beside a provider that takes little of the cores that both share. {@code
 * -Dbench.seconds} and {@code -Dbench.warm-up} are for trying, {@code -Dbench.workers} for finding
 * out what limits.
 */
class MostLooksBench {
    private static final int SECONDS = Integer.getInteger("bench.seconds", 60);
    private static final int WARM_UP = Integer.getInteger("bench.warm-up", 30);
    private static final String WORKERS = System.getProperty("bench.workers", "32");
    private static final int TASKS = 10_000;
    private static final int PROFILED_SECONDS = 30;

    @TempDir Path folder;

    @Test
    void mostLooks() throws Exception {
        Figures figures =
                new Figures(
                        "most-looks",
                        "As many looks as can be made, by %s workers, for %d s"
                                .formatted(WORKERS, SECONDS));
        boolean peer = Peer.isHere();
        if (!peer) {
            figures.note("Node.js is not on this machine: there is no peer beside it.");
        }
        for (int run = 1; run <= Figures.RUNS; run++) {
            for (boolean lean : List.of(false, true)) {
                for (On on : On.values()) {
                    Path home = folder.resolve(run + "-" + on + "-" + lean);
                    try (Books books = new Books(on, home)) {
                        ours(figures, lean, home, books);
                    }
                }
                if (peer) {
                    peers(figures, lean, folder.resolve(run + "-peer-" + lean));
                }
            }
            figures.write();
        }
    }

    /** A flight recording of each ledger, beside the lean provider. */
    @Test
    void whereTheTimeGoes() throws Exception {
        for (On on : On.values()) {
            Path home = folder.resolve("profile-" + on);
            Path recording = home.resolve("looks.jfr").toAbsolutePath();
            try (Books books = new Books(on, home)) {
                List<Waiting> waiting = waiting();
                try (Provider provider = provider(true, home, waiting);
                        Application application = application(home, provider, books, waiting)) {
                    Use use = new Use(application.pid());
                    use.jcmd("JFR.start", "name=looks", "settings=profile");
                    seconds(Math.min(SECONDS, PROFILED_SECONDS));
                    use.jcmd("JFR.dump", "name=looks", "filename=" + recording);
                    assertThat(provider.looks()).as("looks").isPositive();
                }
                String told = Profile.of(recording).told("Where the time goes, " + books.told());
                Path file =
                        Files.createDirectories(Path.of("target", "bench")).resolve("profile.md");
                Files.writeString(file, told, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                System.out.println(told);
            }
        }
    }

    private static List<Waiting> waiting() {
        return Waiting.evenly(TASKS, Duration.ofSeconds(1), System.currentTimeMillis());
    }

    private static Provider provider(boolean lean, Path home, List<Waiting> waiting)
            throws Exception {
        return lean ? Provider.lean() : Provider.sandbox(home.resolve("provider"), waiting);
    }

    /** One that has looked for as long as it warms up. */
    private static Application application(
            Path home, Provider provider, Books books, List<Waiting> waiting) throws Exception {
        books.fill(waiting, provider.url());
        Application application =
                new Application(
                        home,
                        provider.url(),
                        books,
                        // 10,000 looks a second would keep every task in time
                        Map.of("KLING_WATCH_EVERY", "1s", "KLING_WATCH_WORKERS", WORKERS));
        while (provider.looks() == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            assertThat(application.isAlive()).isTrue();
        }
        seconds(WARM_UP);
        return application;
    }

    private void ours(Figures figures, boolean lean, Path home, Books books) throws Exception {
        List<Waiting> waiting = waiting();
        try (Provider provider = provider(lean, home, waiting);
                Application application = application(home, provider, books, waiting)) {
            String subject = subject(books.told(), lean);
            long looks = provider.looks();
            Stretch stretch = new Stretch(books.processes(application.pid(), provider));
            seconds(SECONDS);
            stretch.end();
            assertThat(books.millisLate())
                    .as("ms that a task is late, or none is due")
                    .isPositive();
            tell(figures, subject, stretch, provider.looks() - looks);
            assertThat(provider.stat("refused")).as("looks at what is not there").isZero();
            assertThat(books.count("SUBMITTED")).as("tasks that still wait").isEqualTo(TASKS);
        }
    }

    private void peers(Figures figures, boolean lean, Path home) throws Exception {
        List<Waiting> waiting = waiting().subList(0, Integer.parseInt(WORKERS));
        try (Provider provider = provider(lean, home, waiting);
                Peer peer = new Peer(home, provider, waiting, Duration.ZERO)) {
            seconds(WARM_UP);
            long looks = provider.looks();
            Stretch stretch =
                    new Stretch(Map.of("application", peer.pid(), "provider", provider.pid()));
            seconds(SECONDS);
            stretch.end();
            tell(
                    figures,
                    subject("Node.js, nothing kept", lean),
                    stretch,
                    provider.looks() - looks);
            assertThat(peer.told().required("lost").intValue()).as("tasks lost").isZero();
        }
    }

    private static String subject(String who, boolean lean) {
        return who + (lean ? ", lean provider" : ", sandbox");
    }

    private static void tell(Figures figures, String subject, Stretch stretch, long made) {
        assertThat(made).as("looks made").isPositive();
        figures.add("looks/s", subject, made / stretch.seconds());
        figures.add(
                "CPU seconds for 1,000 looks",
                subject,
                stretch.cpuSeconds("application") / made * 1000);
        stretch.tell(figures, subject);
    }

    private static void seconds(int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
