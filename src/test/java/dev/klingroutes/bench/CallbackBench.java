package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import dev.klingroutes.task.TestLedger.On;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the moment when the provider has finished to the visible file, by callback; and what a flood
 * of forged callbacks does to looks and heap. {@code -Dbench.tasks} and {@code -Dbench.seconds} are
 * for trying.
 */
class CallbackBench {
    private static final Duration RENDER = Duration.ofSeconds(8);
    private static final int VIDEOS = Integer.getInteger("bench.tasks", 60);
    private static final int WAITING = Integer.getInteger("bench.tasks", 1000);
    private static final int FORGED_A_SECOND = 2000;
    private static final int CALLERS = 20;
    private static final int FLOOD_SECONDS = Integer.getInteger("bench.seconds", 30);
    private static final int CALM_SECONDS = FLOOD_SECONDS / 2;

    @TempDir Path folder;
    private Figures figures;
    private Path home;
    private int port;

    private Application application(Sandbox sandbox, Books books, String every) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        return new Application(
                home,
                sandbox.url(),
                books,
                Map.of(
                        "KLING_SUBMIT_IN_FLIGHT",
                        "5000",
                        "KLING_CALLBACK_URL",
                        "http://127.0.0.1:" + port,
                        "CAMEL_SERVER_PORT",
                        String.valueOf(port),
                        "KLING_WATCH_EVERY_WITH_CALLBACK",
                        every,
                        "KLING_WATCH_FIRST_LOOK",
                        "5s",
                        "KLING_WATCH_EVERY",
                        "5s"));
    }

    private static Sandbox sandbox(Duration render) throws IOException {
        return Sandbox.start(SandboxSettings.defaults().withRender(render).withInFlight(0));
    }

    @Test
    void fromFinishedToVisible() throws Exception {
        figures =
                new Figures(
                        "callback",
                        "From finished at the provider to visible, by callback, %d videos of 14 kB"
                                .formatted(VIDEOS));
        for (int run = 1; run <= Figures.RUNS; run++) {
            home = folder.resolve("visible-" + run);
            try (Books books = new Books(On.SQLITE, home);
                    Sandbox sandbox = sandbox(RENDER);
                    Application application = application(sandbox, books, "60s")) {
                Stretch stretch = new Stretch(Map.of("application", application.pid()));
                visible(sandbox, books);
                stretch.end().tell(figures, "by callback");
            }
            figures.write();
        }
    }

    private void visible(Sandbox sandbox, Books books) throws IOException {
        // one after the other: a batch that ends in one moment would measure a queue
        Files.createDirectories(home.resolve("inbox"));
        for (int i = 0; i < VIDEOS; i++) {
            Files.writeString(home.resolve("inbox/cup" + i + ".txt"), "cup number " + i);
            LockSupport.parkNanos(Duration.ofMillis(1037).toNanos());
        }
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> books.count("DELIVERED") == VIDEOS);
        List<Double> millis = new ArrayList<>();
        for (SandboxTask task : sandbox.tasks()) {
            String stem = task.prompt().replace("cup number ", "cup");
            Path video = home.resolve("outbox/" + stem + ".mp4");
            FileTime seen = (FileTime) Files.getAttribute(video, "unix:ctime");
            millis.add((double) seen.toMillis() - task.createdAt().plus(RENDER).toEpochMilli());
        }
        Spread spread = Spread.of(millis);
        String subject = "by callback";
        figures.add("ms, mean", subject, spread.mean());
        figures.add("ms, median", subject, spread.median());
        figures.add("ms, 95 %", subject, spread.p95());
        figures.add("ms, max", subject, spread.max());
        figures.add("looks per task", subject, sandbox.stats().looks() / (double) VIDEOS);
        figures.add("callbacks sent", subject, sandbox.stats().callbacks());
        figures.add("callbacks answered 2xx", subject, sandbox.stats().callbacksAnswered());
        assertThat(sandbox.stats().callbacksAnswered()).as("callbacks answered").isPositive();
    }

    @Test
    void aFloodOfForgedCallbacks() throws Exception {
        figures =
                new Figures(
                        "callback",
                        "%,d tasks looked at every 5 s; %,d forged callbacks a second for %d s"
                                .formatted(WAITING, FORGED_A_SECOND, FLOOD_SECONDS));
        for (int run = 1; run <= Figures.RUNS; run++) {
            home = folder.resolve("flood-" + run);
            drop();
            try (Books books = new Books(On.SQLITE, home);
                    Sandbox sandbox = sandbox(Duration.ofHours(1));
                    Application application = application(sandbox, books, "5s")) {
                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(
                                () ->
                                        books.count("SUBMITTED") == WAITING
                                                && sandbox.stats().looks() > WAITING);
                flood(sandbox, books, new Use(application.pid()));
                assertThat(application.isAlive()).isTrue();
            }
            figures.write();
        }
    }

    private void drop() throws IOException {
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int row = 1; row <= WAITING; row++) {
            csv.append("cup number ").append(row).append('\n');
        }
        Files.createDirectories(home.resolve("inbox"));
        Files.writeString(home.resolve("inbox/cups.csv"), csv);
    }

    private void flood(Sandbox sandbox, Books books, Use use) throws Exception {
        String heap = "heap after a full collection, MB";
        figures.add(heap, "before", use.heapMegabytesAfterFullCollection());
        late("before", CALM_SECONDS, sandbox, books, use);
        AtomicLong answered = new AtomicLong();
        ExecutorService flood = Executors.newFixedThreadPool(CALLERS);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FLOOD_SECONDS);
        for (int i = 0; i < CALLERS; i++) {
            flood.submit(() -> forge(end, answered));
        }
        late("in the flood", FLOOD_SECONDS - 1, sandbox, books, use);
        flood.shutdown();
        assertThat(flood.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        assertThat(answered.get()).as("forged callbacks answered 404").isPositive();
        figures.add(
                "forged callbacks answered 404, a second",
                "in the flood",
                answered.get() / (double) FLOOD_SECONDS);
        figures.add(heap, "after", use.heapMegabytesAfterFullCollection());
        late("after", CALM_SECONDS, sandbox, books, use);
    }

    /** One connection that is kept, and a random token with each call, at its share of the rate. */
    private Void forge(long end, AtomicLong answered) throws IOException {
        Random random = new Random();
        byte[] token = new byte[32];
        byte[] reply = new byte[4096];
        long gap = TimeUnit.SECONDS.toNanos(1) * CALLERS / FORGED_A_SECOND;
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            for (long next = System.nanoTime(); next < end; next += gap) {
                LockSupport.parkNanos(next - System.nanoTime());
                random.nextBytes(token);
                String body = "{\"task_id\":\"1\",\"task_status\":\"succeed\"}";
                out.write(
                        ("POST /kling/callbacks/"
                                        + Base64.getUrlEncoder()
                                                .withoutPadding()
                                                .encodeToString(token)
                                        + " HTTP/1.1\r\nHost: k\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: "
                                        + body.length()
                                        + "\r\n\r\n"
                                        + body)
                                .getBytes(StandardCharsets.US_ASCII));
                StringBuilder said = new StringBuilder();
                // the end of a chunked answer of nothing
                while (said.indexOf("0\r\n\r\n") < 0) {
                    int read = in.read(reply);
                    if (read < 0) {
                        throw new IOException("hung up: " + said);
                    }
                    said.append(new String(reply, 0, read, StandardCharsets.US_ASCII));
                }
                if (said.indexOf("HTTP/1.1 404") == 0) {
                    answered.incrementAndGet();
                }
            }
        }
        return null;
    }

    private void late(String when, int seconds, Sandbox sandbox, Books books, Use use)
            throws Exception {
        List<Double> lateness = new ArrayList<>();
        long looks = sandbox.stats().looks();
        long begin = System.nanoTime();
        Stretch stretch = new Stretch(Map.of("application", use.pid()));
        for (int tenth = 1; tenth <= seconds * 10; tenth++) {
            LockSupport.parkNanos(begin + tenth * 100_000_000L - System.nanoTime());
            lateness.add(books.millisLate());
        }
        stretch.end();
        Spread spread = Spread.of(lateness);
        figures.add("looks/s", when, (sandbox.stats().looks() - looks) / stretch.seconds());
        figures.add("ms late, the latest waiting look: median", when, spread.median());
        figures.add("ms late, the latest waiting look: 95 %", when, spread.p95());
        figures.add("ms late, the latest waiting look: max", when, spread.max());
        stretch.tell(figures, when);
    }
}
