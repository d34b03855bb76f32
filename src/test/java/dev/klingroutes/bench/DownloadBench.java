package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.task.TestLedger.On;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Large videos come home, hashed, checked and forced to disk, beside {@code curl -o} with and
 * without forcing. {@code -Dbench.megabytes} is for trying.
 */
class DownloadBench {
    private static final long MEGABYTE = 1_000_000;
    private static final Duration TO_START = Duration.ofSeconds(15);
    private static final String OURS = "Kling Routes, forced";

    @TempDir Path folder;
    private Figures figures;
    private int videos;

    /** The first finds a process that has just begun; the others are weighed while they come. */
    private int lots;

    private long bytes;

    @ParameterizedTest(name = "{0} of {1} MB")
    @CsvSource({"1, 1000, 2", "8, 100, 3"})
    void largeVideos(int many, int megabytes, int times) throws Exception {
        videos = many;
        lots = times;
        bytes = Integer.getInteger("bench.megabytes", megabytes) * MEGABYTE;
        figures =
                new Figures(
                        "download",
                        "%d video(s) of %d MB at once".formatted(videos, bytes / MEGABYTE));
        for (int run = 1; run <= Figures.RUNS; run++) {
            ours(folder.resolve(many + "-" + run));
            figures.write();
        }
    }

    private void ours(Path home) throws Exception {
        try (Books books = new Books(On.SQLITE, home)) {
            long first = System.currentTimeMillis() + TO_START.toMillis();
            // the others come later, and are weighed on the way
            List<Waiting> waiting =
                    Waiting.all(
                            lots * videos,
                            i -> 1,
                            i -> i < videos ? first : first + Duration.ofMinutes(30).toMillis());
            try (Provider provider =
                    Provider.sandbox(
                            home.resolve("provider"),
                            waiting,
                            "--faults",
                            "video-bytes=" + bytes)) {
                try (Application application = application(home, provider, books, waiting)) {
                    Use use = new Use(application.pid());
                    double heap = use.heapMegabytesAfterFullCollection();
                    Stretch stretch = new Stretch(books.processes(application.pid(), provider));
                    delivered(books, videos);
                    tell(OURS, videos, books.number(MILLIS) / 1000.0);
                    stretch.end().tell(figures, OURS);
                    long cold = books.number("select max(ended_at) from kling_task");
                    figures.add(
                            "heap growth on the way, MB", OURS, onTheWay(books, use, home) - heap);
                    tell(
                            "… later",
                            (lots - 1) * videos,
                            books.number(MILLIS + " and succeeded_at > " + cold) / 1000.0);
                    whole(home, waiting);
                }
                curl(Files.createDirectories(home.resolve("curl")), provider, waiting);
            }
        }
    }

    /** From the first claim of a video to the last that is delivered. */
    private static final String MILLIS =
            "select max(ended_at) - min(succeeded_at) from kling_task where state = 'DELIVERED'";

    private Application application(
            Path home, Provider provider, Books books, List<Waiting> waiting) throws Exception {
        books.fill(waiting, provider.url());
        return new Application(
                home,
                provider.url(),
                books,
                Map.of("KLING_DOWNLOAD_PARALLEL", String.valueOf(videos)));
    }

    private static void delivered(Books books, int videos) {
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> books.count("DELIVERED") == videos);
    }

    /** What is alive in the heap when a quarter of the next lot has come. */
    private double onTheWay(Books books, Use use, Path home) throws Exception {
        books.allDue();
        await().atMost(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> parts(home.resolve("outbox")) >= videos * bytes / 4);
        double heap = use.heapMegabytesAfterFullCollection();
        assertThat(books.count("DELIVERED")).as("it was over already").isLessThan(lots * videos);
        delivered(books, lots * videos);
        return heap;
    }

    private static long parts(Path outbox) throws IOException {
        long sum = 0;
        try (var files = Files.list(outbox)) {
            for (Path part : files.filter(file -> file.toString().endsWith(".part")).toList()) {
                sum += Files.exists(part) ? Files.size(part) : 0;
            }
        }
        return sum;
    }

    private void whole(Path home, List<Waiting> waiting) throws IOException {
        for (Waiting task : waiting) {
            Path video = home.resolve("outbox/" + task.stem() + ".mp4");
            assertThat(Files.size(video)).as("bytes of " + video).isEqualTo(bytes);
            Files.delete(video);
        }
    }

    /** The same links, by as many curls at once. */
    private void curl(Path home, Provider provider, List<Waiting> waiting) throws Exception {
        for (boolean forced : List.of(false, true)) {
            String subject = forced ? "curl -o, then sync" : "curl -o";
            List<Process> curls = new ArrayList<>();
            Stretch stretch = new Stretch(Map.of("provider", provider.pid()));
            for (Waiting task : waiting.subList(0, videos)) {
                JsonNode look = provider.get("/kling/v1/videos/text2video/" + task.taskId());
                String link = look.at("/data/task_result/videos/0/url").asText();
                String sync = forced ? " && sync " + task.taskId() + ".mp4" : "";
                String curl = "curl -sf -o %s.mp4 '%s'".formatted(task.taskId(), link);
                curls.add(shell(home, curl + sync));
            }
            for (Process curl : curls) {
                assertThat(curl.waitFor()).as("what curl ended with").isZero();
            }
            stretch.end();
            tell(subject, videos, stretch.seconds());
            stretch.tell(figures, subject);
            for (Waiting task : waiting.subList(0, videos)) {
                Path video = home.resolve(task.taskId() + ".mp4");
                assertThat(Files.size(video)).isEqualTo(bytes);
                Files.delete(video);
            }
        }
    }

    private static Process shell(Path home, String command) throws IOException {
        return new ProcessBuilder("sh", "-c", command)
                .directory(home.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void tell(String subject, int many, double seconds) {
        figures.add("MB/s", subject, many * bytes / MEGABYTE / seconds);
        figures.add("seconds", subject, seconds);
    }
}
