package dev.klingroutes.bench;

import static org.awaitility.Awaitility.await;

import dev.klingroutes.JarProcess;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the moment when the provider has finished to the visible file, by callback; and what a flood
 * of forged callbacks does to looks and heap. It measures and judges nothing.
 */
class CallbackBench {
    private static final Duration RENDER = Duration.ofSeconds(8);
    private static final int VIDEOS = 60;
    private static final int WAITING = 1000;
    private static final int FORGED_A_SECOND = 2000;
    private static final int CALLERS = 20;
    private static final int FLOOD_SECONDS = 30;

    @TempDir Path home;
    private int port;
    private Sandbox sandbox;
    private JarProcess application;

    @AfterEach
    void end() throws Exception {
        application.kill();
        sandbox.close();
    }

    private void start(Duration render, String every) throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(render).withInFlight(0));
        application =
                JarProcess.start(
                        home,
                        Map.of(
                                "COMETAPI_KEY", "test",
                                "KLING_API_URL", sandbox.url(),
                                "KLING_SUBMIT_IN_FLIGHT", "5000",
                                "KLING_CALLBACK_URL", "http://127.0.0.1:" + port,
                                "CAMEL_SERVER_PORT", String.valueOf(port),
                                "KLING_WATCH_EVERY_WITH_CALLBACK", every,
                                "KLING_WATCH_FIRST_LOOK", "5s",
                                "KLING_WATCH_EVERY", "5s",
                                "KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow"),
                        "-Xmx256m");
    }

    private void drop(int prompts) throws IOException {
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int row = 1; row <= prompts; row++) {
            csv.append("cup number ").append(row).append('\n');
        }
        Files.createDirectories(home.resolve("inbox"));
        Files.writeString(home.resolve("inbox/cups.csv"), csv);
    }

    @Test
    void fromFinishedToVisible() throws Exception {
        start(RENDER, "60s");
        List<Double> millis = new ArrayList<>();
        // one after the other: a batch that ends in one moment would measure a queue
        Files.createDirectories(home.resolve("inbox"));
        for (int i = 0; i < VIDEOS; i++) {
            Files.writeString(home.resolve("inbox/cup" + i + ".txt"), "cup number " + i);
            LockSupport.parkNanos(Duration.ofMillis(1037).toNanos());
        }
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> visible() == VIDEOS);
        for (SandboxTask task : sandbox.tasks()) {
            String stem = task.prompt().replace("cup number ", "cup");
            FileTime seen =
                    (FileTime)
                            Files.getAttribute(
                                    home.resolve("outbox/" + stem + ".mp4"), "unix:ctime");
            millis.add((double) seen.toMillis() - task.createdAt().plus(RENDER).toEpochMilli());
        }
        tell(
                "ms from finished at the provider to visible in the outbox, %d videos of 14 kB:"
                        + " mean %.0f, %s",
                VIDEOS,
                millis.stream().mapToDouble(value -> value).average().orElseThrow(),
                spread(millis));
        tell("callbacks sent %d, answered 2xx %d", callbacks(0), callbacks(1));
    }

    private long callbacks(int answered) {
        return answered == 0 ? sandbox.stats().callbacks() : sandbox.stats().callbacksAnswered();
    }

    private long visible() throws IOException {
        Path outbox = home.resolve("outbox");
        if (!Files.isDirectory(outbox)) {
            return 0;
        }
        try (var files = Files.list(outbox)) {
            return files.filter(file -> file.toString().matches(".*cup\\d+\\.json")).count();
        }
    }

    @Test
    void aFloodOfForgedCallbacks() throws Exception {
        start(Duration.ofHours(1), "5s");
        drop(WAITING);
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> sandbox.stats().looks() > WAITING);
        try (Connection ledger =
                DriverManager.getConnection("jdbc:sqlite:" + home.resolve("data/ledger.db"))) {
            tell("before: heap after a full GC %s", heap());
            late("before the flood", ledger, null);
            AtomicLong answered = new AtomicLong();
            ExecutorService flood = Executors.newFixedThreadPool(CALLERS);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FLOOD_SECONDS);
            for (int i = 0; i < CALLERS; i++) {
                flood.submit(() -> forge(end, answered));
            }
            late("in the flood", ledger, answered);
            flood.shutdown();
            flood.awaitTermination(1, TimeUnit.MINUTES);
            tell(
                    "forged and answered 404: %d, %d/s",
                    answered.get(), answered.get() / FLOOD_SECONDS);
            tell("after: heap after a full GC %s", heap());
            late("after the flood", ledger, null);
        }
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

    private void late(String when, Connection ledger, AtomicLong answered) throws Exception {
        List<Double> lateness = new ArrayList<>();
        long looks = sandbox.stats().looks();
        long begin = System.nanoTime();
        int seconds = answered == null ? 15 : FLOOD_SECONDS - 1;
        for (int tenth = 0; tenth < seconds * 10; tenth++) {
            LockSupport.parkNanos(begin + (tenth + 1) * 100_000_000L - System.nanoTime());
            lateness.add(latest(ledger));
        }
        tell(
                "%s: %.0f looks/s; ms that the latest waiting look is late, ten times a second: %s",
                when,
                (sandbox.stats().looks() - looks) / ((System.nanoTime() - begin) / 1e9),
                spread(lateness));
    }

    private static double latest(Connection ledger) throws Exception {
        try (Statement statement = ledger.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select coalesce(min(due_at), 0) from kling_task"
                                        + " where state = 'SUBMITTED' and claimed = 0")) {
            row.next();
            long due = row.getLong(1);
            return due == 0 ? 0 : Math.max(0, System.currentTimeMillis() - due);
        }
    }

    private String heap() throws Exception {
        jcmd("GC.run");
        return jcmd("GC.heap_info").lines().skip(1).findFirst().orElse("").strip();
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

    private static String spread(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return "median %.0f, 95%% %.0f, max %.0f"
                .formatted(
                        sorted.get(sorted.size() / 2),
                        sorted.get(sorted.size() * 95 / 100),
                        sorted.get(sorted.size() - 1));
    }

    private static void tell(String format, Object... values) {
        System.out.println("bench: " + format.formatted(values));
    }
}
