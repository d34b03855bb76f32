package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.task.TestLedger.On;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From the moment when the provider has finished to the visible file, found by looking alone. One
 * video ends every 1,037 ms, so that it falls anywhere between two looks. {@code -Dbench.tasks} is
 * for trying.
 */
class FinishedBench {
    private static final int VIDEOS = Integer.getInteger("bench.tasks", 60);
    private static final long APART_MILLIS = 1037;
    private static final Duration TO_START = Duration.ofSeconds(15);
    private static final Duration TO_RENDER = Duration.ofSeconds(30);

    /** Puts the first looks of tasks that follow each other anywhere in a spacing. */
    private static final double GOLDEN = 0.6180339887;

    @TempDir Path folder;
    private Figures figures;
    private Duration spacing;

    @ParameterizedTest(name = "looked at every {0} s")
    @ValueSource(ints = {1, 5})
    void fromFinishedToVisible(int seconds) throws Exception {
        spacing = Duration.ofSeconds(seconds);
        figures =
                new Figures(
                        "finished",
                        "From finished at the provider to visible, %d videos of 14 kB, looked at every %d s"
                                .formatted(VIDEOS, seconds));
        for (int run = 1; run <= Figures.RUNS; run++) {
            ours(folder.resolve(seconds + "-" + run));
            if (Peer.isHere()) {
                peers(folder.resolve(seconds + "-" + run + "-peer"));
            }
            figures.write();
        }
    }

    private List<Waiting> waiting() {
        return Waiting.all(
                VIDEOS,
                i -> TO_RENDER.toMillis() + i * APART_MILLIS,
                i ->
                        System.currentTimeMillis()
                                + TO_START.toMillis()
                                + (long) (spacing.toMillis() * (i * GOLDEN % 1)));
    }

    private void ours(Path home) throws Exception {
        try (Books books = new Books(On.SQLITE, home)) {
            List<Waiting> waiting = waiting();
            try (Provider provider = Provider.sandbox(home.resolve("provider"), waiting)) {
                books.fill(waiting, provider.url());
                try (Application application =
                        new Application(
                                home,
                                provider.url(),
                                books,
                                Map.of("KLING_WATCH_EVERY", spacing.toSeconds() + "s"))) {
                    Stretch stretch = new Stretch(books.processes(application.pid(), provider));
                    await().atMost(Duration.ofMinutes(5))
                            .pollInterval(Duration.ofMillis(500))
                            .until(() -> books.count("DELIVERED") == VIDEOS);
                    stretch.end();
                    List<Double> lags = new ArrayList<>();
                    for (Waiting task : waiting) {
                        Path video = home.resolve("outbox/" + task.stem() + ".mp4");
                        // when it got its name
                        lags.add(since(task, (FileTime) Files.getAttribute(video, "unix:ctime")));
                    }
                    tell("Kling Routes, SQLite", lags, stretch, provider);
                }
            }
        }
    }

    private void peers(Path home) throws Exception {
        List<Waiting> waiting = waiting();
        try (Provider provider = Provider.sandbox(home.resolve("provider"), waiting);
                Peer peer = new Peer(home, provider, waiting, spacing)) {
            Stretch stretch =
                    new Stretch(Map.of("application", peer.pid(), "provider", provider.pid()));
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> peer.told().required("ended").intValue() == VIDEOS);
            stretch.end();
            List<Double> lags = new ArrayList<>();
            for (Waiting task : waiting) {
                Path video = home.resolve(task.taskId() + ".mp4");
                // it is visible from its first byte, and whole with its last
                lags.add(since(task, Files.getLastModifiedTime(video)));
            }
            tell("Node.js, not forced to disk", lags, stretch, provider);
        }
    }

    private static double since(Waiting task, FileTime visible) {
        return visible.toMillis() - task.createdAt() - task.renderMillis();
    }

    private void tell(String subject, List<Double> lags, Stretch stretch, Provider provider)
            throws IOException {
        Spread spread = Spread.of(lags);
        assertThat(spread.min()).as("ms after it was finished").isGreaterThanOrEqualTo(0);
        assertThat(provider.stat("downloads")).isGreaterThanOrEqualTo(VIDEOS);
        // one that was started too late found them finished by its first look
        assertThat(provider.looks()).as("looks").isGreaterThan(2L * VIDEOS);
        figures.add("ms, mean", subject, spread.mean());
        figures.add("ms, 95 %", subject, spread.p95());
        figures.add("ms, max", subject, spread.max());
        figures.add("looks per task", subject, provider.looks() / (double) VIDEOS);
        stretch.tell(figures, subject);
    }
}
