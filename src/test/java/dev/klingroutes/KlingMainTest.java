package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSource;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KlingMainTest {
    private static final int PATIENCE_SECONDS = 40;

    @TempDir Path folder;

    private Process start(String... properties) throws IOException {
        return start(Map.of(), properties);
    }

    private Process start(Map<String, String> environment, String... properties)
            throws IOException {
        return start(KlingMain.class, environment, properties);
    }

    private Process start(Class<?> main, Map<String, String> environment, String... properties)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(properties));
        String classes =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classes, main.getName()));
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        process.environment().remove("COMETAPI_KEY");
        process.environment().putAll(environment);
        process.redirectErrorStream(true);
        process.redirectOutput(folder.resolve("console.log").toFile());
        return process.start();
    }

    private String console() throws IOException {
        return Files.readString(folder.resolve("console.log"));
    }

    private String cannotStart(String... properties) throws Exception {
        return cannotStart(start(properties));
    }

    private String cannotStart(Process process) throws Exception {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(CannotStart.EXIT_CODE);
        } finally {
            process.destroyForcibly();
        }
        assertThat(folder.resolve("data")).doesNotExist();
        return console();
    }

    @Test
    void a_broken_model_list_stops_the_start() throws Exception {
        Path config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(
                config.resolve("models.yaml"),
                "models: {kling-v4: {kinds: [text2video], durations: [five]}}");

        assertThat(cannotStart("-Dcamel.main.profile=sandbox"))
                .contains("The model list config/models.yaml is not right: kling-v4.durations")
                .doesNotContain("\tat ");
    }

    @Test
    void a_model_list_that_is_not_there_stops_the_start() throws Exception {
        assertThat(
                        cannotStart(
                                "-Dcamel.main.profile=sandbox",
                                "-Dkling.prompt.models=mine/models.yaml"))
                .contains("kling.prompt.models: there is no model list")
                .doesNotContain("\tat ");
    }

    @Test
    void without_a_key_nothing_starts() throws Exception {
        assertThat(cannotStart()).contains("COMETAPI_KEY");
    }

    @Test
    void a_ledger_whose_server_is_down_stops_the_start_with_a_sentence() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        String url = "jdbc:postgresql://127.0.0.1:" + free + "/kling";
        String said =
                cannotStart(start(Map.of("COMETAPI_KEY", "test-key"), "-Dkling.ledger.url=" + url));

        assertThat(said.lines()).hasSize(1);
        assertThat(said)
                .contains("The ledger " + url + " cannot be used")
                .contains("that the database is running");
    }

    @Test
    void a_ledger_that_another_program_holds_stops_the_start_with_a_sentence() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("ledger.db");
        Settings settings = Settings.of(Map.of("kling.ledger.url", url));
        try (Ledger ledger = new Ledger(new LedgerSource(settings), settings, Clock.systemUTC())) {
            ledger.open();
        }
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            statement.execute("begin immediate");
            String said =
                    cannotStart(
                            start(Map.of("COMETAPI_KEY", "test-key"), "-Dkling.ledger.url=" + url));

            assertThat(said.lines()).hasSize(1);
            assertThat(said).contains("database is locked").contains("then start again");
        }
    }

    @Test
    void an_error_that_ends_a_worker_ends_the_process() throws Exception {
        Process process =
                start(
                        DyingWorker.class,
                        Map.of(),
                        "-Dlog4j2.configurationFile=classpath:kling/log4j2.properties");
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(KlingMain.EXIT_ERROR);
        assertThat(console()).contains("seda://room", "OutOfMemoryError: for a test");
    }

    @Test
    void a_dry_run_needs_no_key_and_opens_no_ledger() throws Exception {
        Path inbox = Files.createDirectory(folder.resolve("inbox"));
        Path cat = Files.writeString(inbox.resolve("cat.txt"), "a cat");

        Process process = start("-Dkling.dry-run=true");
        try {
            Awaitility.await()
                    .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .untilAsserted(
                            () -> assertThat(console()).contains("cat.txt  would buy 1 video"));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(console()).contains("this is a dry run");
        assertThat(cat).exists();
        assertThat(folder.resolve("outbox/cat.plan.json")).exists();
        assertThat(folder.resolve("data")).doesNotExist();
        assertThat(inbox).isDirectoryNotContaining("glob:**/.*");
    }
}
