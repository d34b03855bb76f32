package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.task.TestLedger.On;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many tasks run through one process, from the dropped row to the delivered video: what must not
 * grow with their number is weighed at a fifth, at three fifths and at the end. {@code
 * -Dbench.tasks} is for trying.
 */
class OverTimeBench {
    private static final int TASKS = Integer.getInteger("bench.tasks", 50_000);
    private static final int FILES = 5;
    private static final Pattern INSTANCES =
            Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+).*");
    private static final Pattern ENDPOINT =
            Pattern.compile("org\\.apache\\.camel\\.component\\..*Endpoint");

    @TempDir Path folder;

    @Test
    void overTime() throws Exception {
        Figures figures =
                new Figures("over-time", "%,d tasks through one process".formatted(TASKS));
        for (int run = 1; run <= Figures.RUNS; run++) {
            Path home = folder.resolve(String.valueOf(run));
            try (Books books = new Books(On.SQLITE, home)) {
                through(figures, home, books);
            }
            figures.write();
        }
    }

    private void through(Figures figures, Path home, Books books) throws Exception {
        drop(home);
        try (Provider provider = Provider.sandbox("--render", "2s", "--in-flight", "0");
                Application application =
                        new Application(
                                home,
                                provider.url(),
                                books,
                                Map.of(
                                        "KLING_SUBMIT_IN_FLIGHT", "2000",
                                        "KLING_WATCH_FIRST_LOOK", "2s"))) {
            Use use = new Use(application.pid());
            Stretch stretch = new Stretch(books.processes(application.pid(), provider));
            for (int fifth : new int[] {1, 3, 5}) {
                int delivered = TASKS / FILES * fifth;
                await().atMost(Duration.ofHours(1))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> books.count("DELIVERED") >= delivered);
                weigh(figures, use, "after %,d tasks".formatted(delivered));
                assertThat(application.isAlive()).isTrue();
            }
            stretch.end();
            String all = "over all";
            figures.add("tasks/s, prompt to video", all, TASKS / stretch.seconds());
            stretch.tell(figures, all);
            assertThat(provider.stat("created")).as("bought").isEqualTo(TASKS);
            try (var files = Files.list(home.resolve("outbox"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".mp4")).count())
                        .as("videos")
                        .isEqualTo(TASKS);
            }
        }
    }

    private static void drop(Path home) throws IOException {
        Path inbox = Files.createDirectories(home.resolve("inbox"));
        for (int file = 1; file <= FILES; file++) {
            StringBuilder csv = new StringBuilder("prompt\n");
            for (int row = 1; row <= TASKS / FILES; row++) {
                csv.append("a small ceramic cup number ").append(row).append('\n');
            }
            Files.writeString(inbox.resolve("cups%d.csv".formatted(file)), csv);
        }
    }

    private static void weigh(Figures figures, Use use, String when) throws IOException {
        figures.add(
                "heap after a full collection, MB", when, use.heapMegabytesAfterFullCollection());
        figures.add("resident, MB", when, use.residentMegabytes());
        figures.add("threads", when, use.threads());
        figures.add("endpoints of Camel", when, endpoints(use));
        figures.add("open files", when, files(use));
    }

    private static long files(Use use) throws IOException {
        try (var open = Files.list(Path.of("/proc/" + use.pid() + "/fd"))) {
            return open.count();
        }
    }

    /** Alive in the heap, held by Camel or not. */
    private static long endpoints(Use use) throws IOException {
        long sum = 0;
        for (String line : use.jcmd("GC.class_histogram").split("\n")) {
            Matcher of = INSTANCES.matcher(line);
            if (of.matches() && ENDPOINT.matcher(of.group(2)).matches()) {
                sum += Long.parseLong(of.group(1));
            }
        }
        assertThat(sum).as("endpoints").isPositive();
        return sum;
    }
}
