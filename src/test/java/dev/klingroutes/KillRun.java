package dev.klingroutes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The application with prompts to work off, killed over and over; then it tells what was paid, what
 * came of it, and what lies about.
 */
final class KillRun implements AutoCloseable {
    private static final String KEY = "test-key-that-nobody-must-ever-read";

    /** Half of the creates and a third of the downloads take long enough to be cut off. */
    private static final String SLOW =
            "create.slow=0.5,download.stall=0.3,slow-ms=400,video-bytes=300000";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final Path classes;
    private final int all;
    private final Map<String, String> settings;
    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random dice = new Random(seed);
    private final List<String> dropped = new ArrayList<>();
    private final List<JarProcess> running = new ArrayList<>();
    private int prompts;
    private Sandbox provider;

    /**
     * @param classes as {@link #readClasses} left them
     * @param settings of the application, as its environment has them
     */
    KillRun(Path home, Path classes, int all, Map<String, String> settings) {
        this.home = home;
        this.classes = classes;
        this.all = all;
        this.settings = settings;
        System.out.println("kill run: -Dkill.seed=" + seed);
    }

    /** Classes as a JVM has read them once: the next ones start in two thirds of the time. */
    static Path readClasses(Path folder) throws Exception {
        Path classes = folder.resolve("classes.jsa");
        JarProcess first =
                JarProcess.start(
                        folder, Map.of("COMETAPI_KEY", KEY), "-XX:ArchiveClassesAtExit=" + classes);
        await().atMost(Duration.ofSeconds(180))
                .until(() -> Files.readString(folder.resolve("console.log")).contains("watching"));
        first.stop();
        assertThat(first.endsWithin(60_000)).isTrue();
        return classes;
    }

    @Override
    public void close() {
        for (JarProcess application : running) {
            try {
                application.kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (provider != null) {
            provider.close();
        }
    }

    Sandbox provider() {
        return provider;
    }

    void startProvider(boolean lookups, Duration render) throws IOException {
        provider =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(render)
                                .withKey(KEY)
                                .withFaults(SLOW)
                                .withSeed(seed)
                                .withExternalIdLookups(lookups));
    }

    void killTimes(int kills) throws Exception {
        Files.createDirectories(home.resolve("inbox"));
        drop(all / 4);
        for (int kill = 0; kill < kills; kill++) {
            JarProcess application = startApplication();
            assertThat(application.endsWithin(dice.nextInt(1_500))).as(console()).isFalse();
            drop((all - all / 4) / kills);
            switch (kill % 3) {
                case 0 -> waitFor(application, () -> provider.stats().createsReceived());
                case 1 -> waitFor(application, () -> provider.stats().downloads());
                default -> application.endsWithin(dice.nextInt(1_500));
            }
            kill(application);
        }
        dropRest();
        assertThat(prompts).isEqualTo(all);
    }

    /** Several at work on the same folders; one of them is killed at a time, and begun anew. */
    void killOneOf(int nodes, int kills, Duration every) throws Exception {
        Files.createDirectories(home.resolve("inbox"));
        drop(all / 4);
        for (int node = 0; node < nodes; node++) {
            startApplication();
        }
        for (int kill = 0; kill < kills; kill++) {
            JarProcess victim = running.get(dice.nextInt(nodes));
            assertThat(victim.endsWithin(every.toMillis())).as(console()).isFalse();
            // or it has nothing in hand
            drop((all - all / 4) / kills);
            waitFor(
                    victim,
                    kill % 2 == 0
                            ? () -> provider.stats().createsReceived()
                            : () -> provider.stats().downloads());
            kill(victim);
            startApplication();
        }
        dropRest();
    }

    private void dropRest() throws IOException {
        if (prompts < all) {
            drop(all - prompts);
        }
    }

    /** Until one more has come, and a moment longer; not for ever, as all may have come. */
    private void waitFor(JarProcess application, LongSupplier calls) throws InterruptedException {
        long before = calls.getAsLong();
        for (int i = 0; i < 2_000 && calls.getAsLong() == before; i++) {
            assertThat(application.endsWithin(2)).as("it ended by itself").isFalse();
        }
        application.endsWithin(dice.nextInt(100));
    }

    private JarProcess startApplication() throws IOException {
        Map<String, String> environment =
                new HashMap<>(
                        Map.ofEntries(
                                Map.entry("COMETAPI_KEY", KEY),
                                Map.entry("KLING_API_URL", provider.url()),
                                Map.entry("KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow"),
                                Map.entry("KLING_INBOX_REST", "100"),
                                Map.entry("KLING_INBOX_EVERY", "100"),
                                Map.entry("KLING_INBOX_RESUME", "500"),
                                Map.entry("KLING_CLOCK_TICK", "50"),
                                Map.entry("KLING_SUBMIT_IN_FLIGHT", "1000"),
                                Map.entry("KLING_WATCH_FIRST_LOOK", "300"),
                                Map.entry("KLING_WATCH_EVERY", "300")));
        environment.putAll(settings);
        JarProcess started =
                JarProcess.start(
                        home,
                        environment,
                        "-XX:SharedArchiveFile=" + classes,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m");
        running.add(started);
        return started;
    }

    private void kill(JarProcess application) throws InterruptedException {
        application.kill();
        running.remove(application);
    }

    /** Half of them in files of their own, the others in one. */
    private void drop(int count) throws IOException {
        for (int i = 0; i < count / 2; i++) {
            drop("cup-" + prompts + ".txt", prompt() + "\n");
        }
        dropCsv(count - count / 2);
    }

    private void dropCsv(int rows) throws IOException {
        String name = "cups-" + prompts + ".csv";
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int row = 0; row < rows; row++) {
            csv.append(prompt()).append('\n');
        }
        drop(name, csv.toString());
    }

    private void drop(String name, String content) throws IOException {
        Path written = Files.writeString(home.resolve(name), content);
        Files.move(written, home.resolve("inbox").resolve(name), StandardCopyOption.ATOMIC_MOVE);
        dropped.add(name);
    }

    private String prompt() {
        return "a small ceramic cup number " + ++prompts;
    }

    /** One last life, long enough to finish everything that can be finished, and a proper end. */
    void comeToRest(Duration most) throws Exception {
        if (running.isEmpty()) {
            startApplication();
        }
        await().atMost(most)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .untilAsserted(
                        () -> {
                            assertThat(states().values().stream().mapToInt(n -> n).sum())
                                    .isEqualTo(all);
                            assertThat(column("select id from kling_task where " + BUSY)).isEmpty();
                            assertThat(files("inbox/.accepting")).isEmpty();
                        });
        running.forEach(JarProcess::stop);
        for (JarProcess application : running) {
            assertThat(application.endsWithin(30_000)).as("it stops when asked to").isTrue();
        }
    }

    /** Going on, or owing an error file, or still to be found by one of the quick look-ups. */
    private static final String BUSY =
            "state not in ('DELIVERED', 'UNCERTAIN') or report_at is not null"
                    + " or state = 'UNCERTAIN' and failures < 2";

    void nothingWasBoughtTwice() {
        List<SandboxTask> bought = provider.tasks();
        assertThat(bought).extracting(SandboxTask::externalTaskId).doesNotHaveDuplicates();
        assertThat(bought).extracting(SandboxTask::prompt).doesNotHaveDuplicates();
        assertThat(provider.stats().createsReceived())
                .as("no create call was ever made again")
                .isEqualTo(bought.size());
    }

    Map<String, Integer> expected(int delivered) {
        Map<String, Integer> expected = new TreeMap<>();
        expected.put("DELIVERED", delivered);
        if (delivered < all) {
            expected.put("UNCERTAIN", all - delivered);
        }
        return expected;
    }

    void theseAreDeliveredWhole(List<String> taskIds) throws Exception {
        assertThat(provider.stats().downloads())
                .as("some downloads were cut off and begun anew")
                .isGreaterThan(taskIds.size());
        List<String> delivered = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (String file : files("outbox")) {
            if (file.endsWith(".json")) {
                JsonNode sidecar = JSON.readTree(home.resolve(file).toFile());
                String taskId = sidecar.get("task_id").textValue();
                String video = "outbox/" + sidecar.at("/videos/0/file").textValue();
                assertThat(Files.readAllBytes(home.resolve(video)))
                        .as(video)
                        .isEqualTo(asServed(taskId));
                delivered.add(taskId);
                files.add(file);
                files.add(video);
            }
        }
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(taskIds);
        assertThat(files("outbox")).containsExactlyInAnyOrderElementsOf(files);
    }

    private byte[] asServed(String taskId) throws Exception {
        provider.misbehave("video-bytes=300000");
        HttpRequest look =
                HttpRequest.newBuilder(
                                URI.create(
                                        provider.url() + "/kling/v1/videos/text2video/" + taskId))
                        .header("Authorization", "Bearer " + KEY)
                        .build();
        String link =
                JSON.readTree(HTTP.send(look, HttpResponse.BodyHandlers.ofString()).body())
                        .at("/data/task_result/videos/0/url")
                        .textValue();
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(link)).build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    void everyUnclearTaskHasItsErrorFile() throws Exception {
        List<String> unclear = new ArrayList<>();
        for (String file : files("failed")) {
            JsonNode error = JSON.readTree(home.resolve(file).toFile());
            assertThat(error.get("state").textValue()).as(file).isEqualTo("UNCERTAIN");
            unclear.add(error.get("external_task_id").textValue());
        }
        assertThat(unclear)
                .containsExactlyInAnyOrderElementsOf(
                        column("select external_id from kling_task where state = 'UNCERTAIN'"));
    }

    void nothingLiesAbout() throws IOException {
        assertThat(files("inbox")).containsExactly("inbox/.ledger");
        assertThat(Files.list(home.resolve("inbox/.accepting"))).isEmpty();
        assertThat(files("accepted"))
                .containsExactlyInAnyOrderElementsOf(
                        dropped.stream().map(name -> "accepted/" + name).toList());
        assertThat(files("")).noneMatch(name -> name.endsWith(".part") || name.endsWith(".tmp"));
    }

    void theKeyIsNowhere() throws IOException {
        assertThat(files("")).contains("console.log");
        for (String file : files("")) {
            String content = new String(Files.readAllBytes(home.resolve(file)), ISO_8859_1);
            assertThat(content.contains(KEY)).as(file).isFalse();
        }
    }

    private List<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> home.relativize(file).toString().replace('\\', '/'))
                    .toList();
        }
    }

    String console() throws IOException {
        return Files.readString(home.resolve("console.log"));
    }

    Map<String, Integer> states() throws SQLException {
        Map<String, Integer> states = new TreeMap<>();
        for (String state : column("select state from kling_task")) {
            states.merge(state, 1, Integer::sum);
        }
        return states;
    }

    List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection ledger = DriverManager.getConnection(ledgerUrl());
                Statement statement = ledger.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private String ledgerUrl() {
        return settings.getOrDefault(
                "KLING_LEDGER_URL", "jdbc:sqlite:" + home.resolve("data/ledger.db"));
    }
}
