package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar's commands, while the packaged application works on the same ledger. */
class CommandLineIT {
    private static final String KEY = "test-key-that-nobody-must-ever-read";

    @TempDir Path home;
    private Sandbox provider;
    private JarProcess application;
    private Map<String, String> settings;

    @BeforeEach
    void start() throws Exception {
        provider =
                Sandbox.start(
                        SandboxSettings.defaults().withKey(KEY).withRender(Duration.ofMillis(300)));
        settings =
                Map.of(
                        "COMETAPI_KEY", KEY,
                        "KLING_API_URL", provider.url(),
                        "KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow",
                        "KLING_INBOX_REST", "100",
                        "KLING_WATCH_FIRST_LOOK", "300",
                        "KLING_WATCH_EVERY", "300");
    }

    @AfterEach
    void end() throws Exception {
        if (application != null) {
            application.kill();
        }
        provider.close();
    }

    private JarProcess.Ended run(String... words) throws Exception {
        JarProcess.Ended ended = JarProcess.run(home, settings, words);
        assertThat(ended.out() + ended.err()).doesNotContain(KEY);
        return ended;
    }

    private String said(String... words) throws Exception {
        JarProcess.Ended ended = run(words);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        return ended.out();
    }

    /** By name; that it can be read shows that stdout holds nothing else. */
    private Map<String, String> states() throws Exception {
        Map<String, String> states = new TreeMap<>();
        for (JsonNode task : new ObjectMapper().readTree(said("tasks", "--json"))) {
            states.put(task.path("name").asText(), task.path("state").asText());
        }
        return states;
    }

    private void soon(String name, String state) {
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(states()).containsEntry(name, state));
    }

    @Test
    void tasks_are_listed_cancelled_and_retried_while_the_application_works() throws Exception {
        assertThat(run("tasks").code()).isEqualTo(78);
        assertThat(home.resolve("data")).doesNotExist();
        Files.createDirectories(home.resolve("inbox"));
        Files.writeString(home.resolve("inbox/cat.txt"), "a [stuck] cat");
        Files.writeString(home.resolve("inbox/dog.txt"), "a [fail] dog");
        Files.writeString(home.resolve("inbox/owl.txt"), "an owl");
        application = JarProcess.start(home, settings);
        await().atMost(Duration.ofSeconds(90))
                .until(() -> Files.exists(home.resolve("outbox/owl.json")));
        soon("dog", "FAILED");
        assertThat(states()).containsEntry("cat", "SUBMITTED").containsEntry("owl", "DELIVERED");

        assertThat(said("tasks", "cancel", "cat")).startsWith("cat  was cancelled here");
        assertThat(said("tasks", "retry", "dog")).startsWith("dog  was reported failed");

        await().atMost(Duration.ofSeconds(90)).until(() -> provider.stats().createsReceived() == 4);
        soon("dog", "FAILED");
        assertThat(states()).containsEntry("cat", "CANCELLED");
        assertThat(said("tasks", "retry", "cat")).contains("nothing is bought anew");
        soon("cat", "SUBMITTED");
        JarProcess.Ended delivered = run("tasks", "retry", "owl");
        assertThat(delivered.code()).isEqualTo(1);
        assertThat(delivered.err()).contains("drop the prompt again");
        assertThat(said("doctor")).endsWith("all is well" + System.lineSeparator());
        assertThat(said("cost")).contains("$1.68");
        assertThat(provider.stats().createsReceived()).isEqualTo(4);
        assertThat(application.endsWithin(1)).as("the application goes on").isFalse();
    }
}
