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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the application over and over, some of the time while it buys and some while it downloads,
 * and then asks what was paid, what came of it, and what lies about. The same moments again: {@code
 * mvn verify -Dit.test=KillIT -Dkill.seed=…}
 */
class KillIT {
    private static final int PROMPTS = 200;
    private static final int AT_FIRST = 50;

    private static final String KEY = "test-key-that-nobody-must-ever-read";

    /** Half of the creates and a third of the downloads take long enough to be cut off. */
    private static final String SLOW =
            "create.slow=0.5,download.stall=0.3,slow-ms=400,video-bytes=300000";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Classes as a JVM has read them once: the next ones start in two thirds of the time. */
    private static Path classes;

    @TempDir Path home;

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random dice = new Random(seed);
    private final List<String> dropped = new ArrayList<>();
    private int prompts;
    private Sandbox provider;
    private JarProcess application;

    @BeforeAll
    static void readClasses(@TempDir Path folder) throws Exception {
        classes = folder.resolve("classes.jsa");
        JarProcess first =
                JarProcess.start(
                        folder, Map.of("COMETAPI_KEY", KEY), "-XX:ArchiveClassesAtExit=" + classes);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(folder.resolve("console.log")).contains("watching"));
        first.stop();
        assertThat(first.endsWithin(60_000)).isTrue();
    }

    @BeforeEach
    void tellSeed() {
        System.out.println("KillIT: -Dkill.seed=" + seed);
    }

    @AfterEach
    void end() throws Exception {
        if (application != null) {
            application.kill();
        }
        provider.close();
    }

    @Test
    void nothingIsBoughtTwiceAndEverythingBoughtIsDelivered() throws Exception {
        startProvider(true);
        killTimes(25);
        comeToRest();

        nothingWasBoughtTwice();
        assertThat(states())
                .as("what the provider never saw is unclear, all else is delivered")
                .isEqualTo(expected(provider.tasks().size()));
        assertThat(console()).contains("was created after all");
        theseAreDeliveredWhole(provider.tasks().stream().map(SandboxTask::taskId).toList());
        everyUnclearTaskHasItsErrorFile();
        nothingLiesAbout();
        theKeyIsNowhere();
    }

    @Test
    void whatIsUnclearStaysUnclearWhereNothingCanBeLookedUp() throws Exception {
        startProvider(false);
        killTimes(15);
        comeToRest();

        nothingWasBoughtTwice();
        List<String> known =
                column("select task_id from kling_task where task_id is not null order by id");
        assertThat(states()).isEqualTo(expected(known.size()));
        assertThat(states()).containsKey("UNCERTAIN");
        assertThat(provider.tasks()).extracting(SandboxTask::taskId).containsAll(known);
        theseAreDeliveredWhole(known);
        everyUnclearTaskHasItsErrorFile();
        nothingLiesAbout();
        theKeyIsNowhere();
    }

    private void startProvider(boolean lookups) throws IOException {
        provider =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofSeconds(1))
                                .withKey(KEY)
                                .withFaults(SLOW)
                                .withSeed(seed)
                                .withExternalIdLookups(lookups));
    }

    private void killTimes(int kills) throws Exception {
        Files.createDirectories(home.resolve("inbox"));
        drop(AT_FIRST);
        for (int kill = 0; kill < kills; kill++) {
            startApplication();
            assertThat(application.endsWithin(dice.nextInt(1_500))).as(console()).isFalse();
            drop((PROMPTS - AT_FIRST) / kills);
            switch (kill % 3) {
                case 0 -> waitFor(() -> provider.stats().createsReceived());
                case 1 -> waitFor(() -> provider.stats().downloads());
                default -> application.endsWithin(dice.nextInt(1_500));
            }
            application.kill();
        }
        assertThat(prompts).isEqualTo(PROMPTS);
    }

    /** Until one more has come, and a moment longer; not for ever, as all may have come. */
    private void waitFor(LongSupplier calls) throws InterruptedException {
        long before = calls.getAsLong();
        for (int i = 0; i < 2_000 && calls.getAsLong() == before; i++) {
            assertThat(application.endsWithin(2)).as("it ended by itself").isFalse();
        }
        application.endsWithin(dice.nextInt(100));
    }

    private void startApplication() throws IOException {
        application =
                JarProcess.start(
                        home,
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
                                Map.entry("KLING_WATCH_EVERY", "300")),
                        "-XX:SharedArchiveFile=" + classes,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m");
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
    private void comeToRest() throws Exception {
        startApplication();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .untilAsserted(
                        () -> {
                            assertThat(states().values().stream().mapToInt(n -> n).sum())
                                    .isEqualTo(PROMPTS);
                            assertThat(column("select id from kling_task where " + BUSY)).isEmpty();
                            assertThat(files("inbox/.accepting")).isEmpty();
                        });
        application.stop();
        assertThat(application.endsWithin(30_000)).as("it stops when asked to").isTrue();
    }

    /** Going on, or owing an error file, or still to be found by one of the quick look-ups. */
    private static final String BUSY =
            "state not in ('DELIVERED', 'UNCERTAIN') or report_at is not null"
                    + " or state = 'UNCERTAIN' and failures < 2";

    private void nothingWasBoughtTwice() {
        List<SandboxTask> bought = provider.tasks();
        assertThat(bought).extracting(SandboxTask::externalTaskId).doesNotHaveDuplicates();
        assertThat(bought).extracting(SandboxTask::prompt).doesNotHaveDuplicates();
        assertThat(provider.stats().createsReceived())
                .as("no create call was ever made again")
                .isEqualTo(bought.size());
    }

    private Map<String, Integer> expected(int delivered) {
        Map<String, Integer> expected = new TreeMap<>();
        expected.put("DELIVERED", delivered);
        if (delivered < PROMPTS) {
            expected.put("UNCERTAIN", PROMPTS - delivered);
        }
        return expected;
    }

    private void theseAreDeliveredWhole(List<String> taskIds) throws Exception {
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

    private void everyUnclearTaskHasItsErrorFile() throws Exception {
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

    private void nothingLiesAbout() throws IOException {
        assertThat(files("inbox")).containsExactly("inbox/.ledger");
        assertThat(Files.list(home.resolve("inbox/.accepting"))).isEmpty();
        assertThat(files("accepted"))
                .containsExactlyInAnyOrderElementsOf(
                        dropped.stream().map(name -> "accepted/" + name).toList());
        assertThat(files("")).noneMatch(name -> name.endsWith(".part") || name.endsWith(".tmp"));
    }

    private void theKeyIsNowhere() throws IOException {
        assertThat(files("")).contains("console.log", "data/ledger.db");
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

    private String console() throws IOException {
        return Files.readString(home.resolve("console.log"));
    }

    private Map<String, Integer> states() throws SQLException {
        Map<String, Integer> states = new TreeMap<>();
        for (String state : column("select state from kling_task")) {
            states.merge(state, 1, Integer::sum);
        }
        return states;
    }

    private List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection ledger =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + home.resolve("data/ledger.db"));
                Statement statement = ledger.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
