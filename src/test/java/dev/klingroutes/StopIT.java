package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
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
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stops the application (SIGTERM) in the middle of everything. The same moments again: {@code mvn
 * verify -Dit.test=StopIT -Dstop.seed=…}
 */
class StopIT {
    /** Of the JVM that a SIGTERM ended: 128 + 15. */
    private static final int STOPPED = 143;

    private static final int WORKERS = 8;
    private static final int ROUNDS = 8;
    private static final String LARGE = ",video-bytes=300000";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path home;

    private final long seed = Long.getLong("stop.seed", System.nanoTime());
    private final Random dice = new Random(seed);
    private final Map<String, String> environment = new HashMap<>();
    private int prompts;
    private Sandbox provider;
    private JarProcess application;

    @AfterEach
    void end() throws Exception {
        if (application != null) {
            application.kill();
        }
        provider.close();
    }

    @Test
    void createsInHandAreFinishedAndNewOnesAreNotBegun() throws Exception {
        startProvider("download.stall=1,slow-ms=25000" + LARGE);
        start();
        dropCsv(4);
        soon(() -> assertThat(provider.stats().downloads()).isGreaterThanOrEqualTo(4));
        provider.misbehave("create.slow=1,download.stall=1,slow-ms=25000" + LARGE);
        dropCsv(40);
        soon(() -> assertThat(creates()).isEqualTo(4 + WORKERS));
        for (int i = 0; i < 200; i++) {
            drop();
        }
        soon(() -> assertThat(files("accepted")).isNotEmpty());

        application.stop();
        assertThat(application.endsWithin(45_000)).as(console()).isTrue();

        wasStopped();
        assertThat(creates()).as("none was begun after the stop").isEqualTo(4 + WORKERS);
        assertThat(count("state = 'SUBMITTED'")).isEqualTo(WORKERS);
        assertThat(count("state = 'SUCCEEDED'")).as("downloads are parked").isEqualTo(4);
        nothingIsUnclear();

        provider.misbehave("video-bytes=300000");
        start();
        allIsDeliveredOnce();
        stopAgain();
    }

    @Test
    void whateverTheMomentNothingIsUnclearAfterwards() throws Exception {
        System.out.println("StopIT: -Dstop.seed=" + seed);
        startProvider("create.slow=0.7,download.stall=0.3,look.slow=0.1,slow-ms=1500" + LARGE);
        for (int round = 0; round < ROUNDS; round++) {
            start();
            for (int i = 0; i < 10; i++) {
                drop();
            }
            dropCsv(5);
            long creates = creates();
            long downloads = provider.stats().downloads();
            switch (round % 4) {
                case 0 -> soon(() -> assertThat(creates()).isGreaterThan(creates));
                case 1 ->
                        soon(
                                () ->
                                        assertThat(provider.stats().downloads())
                                                .isGreaterThan(downloads));
                case 2 -> soon(() -> assertThat(files("inbox/.accepting")).isNotEmpty());
                default -> application.endsWithin(dice.nextInt(3_000));
            }
            application.endsWithin(dice.nextInt(300));
            application.stop();
            assertThat(application.endsWithin(45_000)).as(console()).isTrue();
            wasStopped();
            nothingIsUnclear();
        }
        provider.misbehave("video-bytes=300000");
        start();
        allIsDeliveredOnce();
        stopAgain();
    }

    @Test
    void whatHangsBeyondThePatienceIsLeftToTheNextStart() throws Exception {
        environment.put("KLING_STOP_PATIENCE", "2s");
        environment.put("KLING_SUBMIT_DEADLINE", "50s");
        startProvider("create.slow=1,slow-ms=40000");
        start();
        dropCsv(3);
        soon(() -> assertThat(creates()).isEqualTo(3));
        assertThat(console()).contains("kling.stop.patience is not longer");

        application.stop();
        assertThat(application.endsWithin(12_000)).as(console()).isTrue();
        assertThat(count("state in ('SUBMITTING', 'UNCERTAIN')")).isEqualTo(3);

        soon(() -> assertThat(provider.tasks()).hasSize(3));
        provider.misbehave("");
        start();
        allIsDeliveredOnce();
    }

    @Test
    void whileTheLedgerIsGoneEachTroubleIsToldOnceAndWhatIsPaidCanBeRead() throws Exception {
        environment.put("KLING_STOP_PATIENCE", "3s");
        startProvider("create.slow=1,slow-ms=3000");
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            environment.put("KLING_LEDGER_URL", server.getJdbcUrl("postgres", "postgres"));
            start();
            dropCsv(5);
            soon(() -> assertThat(creates()).isEqualTo(5));
        }
        soon(() -> assertThat(lines("cannot be stored")).hasSize(5));

        application.stop();
        assertThat(application.endsWithin(15_000)).as(console()).isTrue();

        assertThat(lines("\tat ")).isEmpty();
        for (SandboxTask task : provider.tasks()) {
            assertThat(lines(task.taskId())).as("%s", task).hasSize(1);
        }
        assertThat(lines("the next start takes it up")).as(console()).hasSizeLessThan(2);
        assertThat(console().lines().count()).as(console()).isLessThan(20);
    }

    private List<String> lines(String part) throws IOException {
        return console().lines().filter(line -> line.contains(part)).toList();
    }

    private void startProvider(String faults) throws IOException {
        provider =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(200))
                                .withFaults(faults)
                                .withSeed(seed));
    }

    private void start() throws IOException {
        Files.createDirectories(home.resolve("inbox"));
        environment.put("COMETAPI_KEY", "test-key");
        environment.put("KLING_API_URL", provider.url());
        environment.put("KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow");
        environment.put("KLING_INBOX_REST", "100");
        environment.put("KLING_INBOX_EVERY", "100");
        environment.put("KLING_INBOX_RESUME", "500");
        environment.put("KLING_CLOCK_TICK", "50");
        environment.put("KLING_SUBMIT_IN_FLIGHT", "1000");
        environment.put("KLING_SUBMIT_WORKERS", "" + WORKERS);
        environment.put("KLING_WATCH_FIRST_LOOK", "300");
        environment.put("KLING_WATCH_EVERY", "300");
        application =
                JarProcess.start(
                        home,
                        environment,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m");
    }

    private void drop() throws IOException {
        drop("cup-" + prompts + ".txt", prompt() + "\n");
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
    }

    private String prompt() {
        return "a small ceramic cup number " + ++prompts;
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    private long creates() {
        return provider.stats().createsReceived();
    }

    private void nothingIsUnclear() throws SQLException {
        assertThat(column("select name from sqlite_master where name = 'kling_task'")).isNotEmpty();
        assertThat(column("select stem from kling_task where state in ('SUBMITTING', 'UNCERTAIN')"))
                .isEmpty();
        assertThat(column("select stem from kling_task where decision = 'no-answer'")).isEmpty();
        assertThat(column("select task_id from kling_task where task_id is not null"))
                .containsExactlyInAnyOrderElementsOf(
                        provider.tasks().stream().map(SandboxTask::taskId).toList());
    }

    private void allIsDeliveredOnce() throws IOException {
        soon(() -> assertThat(count("state = 'DELIVERED'")).isEqualTo(prompts));
        assertThat(provider.tasks()).extracting(SandboxTask::prompt).doesNotHaveDuplicates();
        assertThat(provider.tasks()).hasSize(prompts);
        assertThat(creates()).as("create calls").isEqualTo(prompts);
        List<String> sidecars = files("outbox").stream().filter(f -> f.endsWith(".json")).toList();
        assertThat(sidecars).hasSize(prompts);
        for (String file : sidecars) {
            JsonNode sidecar = JSON.readTree(home.resolve("outbox").resolve(file).toFile());
            String video = sidecar.at("/videos/0/file").textValue();
            assertThat(Files.size(home.resolve("outbox").resolve(video)))
                    .isEqualTo(sidecar.at("/videos/0/size").longValue());
        }
        assertThat(files("outbox")).hasSize(2 * prompts);
        assertThat(files("inbox")).containsExactly(".ledger");
        soon(() -> assertThat(files("failed")).isEmpty());
    }

    private void stopAgain() throws Exception {
        application.stop();
        assertThat(application.endsWithin(10_000)).as("nothing is in hand").isTrue();
        wasStopped();
    }

    private void wasStopped() throws IOException {
        assertThat(application.exitCode()).isEqualTo(STOPPED);
        assertThat(console().stripTrailing())
                .endsWith("stopped; what is under way goes on with the next start");
    }

    private List<String> files(String folder) throws IOException {
        Path at = home.resolve(folder);
        try (Stream<Path> files = Files.walk(at)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> at.relativize(file).toString())
                    .toList();
        }
    }

    private String console() throws IOException {
        return Files.readString(home.resolve("console.log"));
    }

    private int count(String condition) throws SQLException {
        return Integer.parseInt(
                column("select count(*) from kling_task where " + condition).get(0));
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
