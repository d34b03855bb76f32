package dev.klingroutes.host;

import static dev.klingroutes.host.SinkHost.id;
import static dev.klingroutes.host.SinkHost.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.KlingTask;
import dev.klingroutes.prompt.PromptRefused;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kamelet kling-video-sink in a host's own route. */
class KlingVideoSinkTest {
    private static final String JSON =
            "{\"prompt\": \"a cat\", \"duration\": 10, \"name\": \"cat\"}";

    @TempDir Path home;
    private Sandbox sandbox;
    private SinkHost host;

    @BeforeEach
    void open() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        host = new SinkHost(home, sandbox.url());
    }

    @AfterEach
    void close() {
        host.close();
        sandbox.close();
    }

    private KlingTask end(String id) throws Exception {
        return host.videos().await(id).get(20, TimeUnit.SECONDS);
    }

    private KlingTask task(Exchange answer) {
        return host.videos().find(id(answer)).orElseThrow();
    }

    @Test
    void a_text_becomes_a_video() throws Exception {
        host.open();

        Exchange answer = host.order("a cat plays the piano");
        KlingTask task = end(id(answer));

        assertThat(answer.getMessage().getBody()).isEqualTo("a cat plays the piano");
        assertThat(task.state()).isEqualTo(TaskState.DELIVERED);
        assertThat(task.name()).isEqualTo("prompt");
        assertThat(task.videos()).containsExactly(host.outbox("prompt.mp4").toAbsolutePath());
        assertThat(host.outbox("prompt.mp4")).exists();
        assertThat(Files.readString(host.outbox("prompt.json")))
                .contains("a cat plays the piano", "\"source\" : \"submit\"");
    }

    @Test
    void an_object_may_come_in_any_shape_and_stays_as_it_was() throws Exception {
        host.open();
        byte[] bytes = JSON.getBytes(StandardCharsets.UTF_8);
        List<Object> bodies =
                List.of(
                        JSON,
                        bytes,
                        new ByteArrayInputStream(bytes),
                        Map.of("prompt", "a cat", "duration", 10, "name", "cat"),
                        new ObjectMapper().readTree(JSON),
                        Files.write(home.resolve("body.json"), bytes).toFile());

        for (Object body : bodies) {
            Exchange answer = host.order(body);
            assertThat(task(answer).name()).as("%s", body.getClass()).startsWith("cat");
            if (!(body instanceof ByteArrayInputStream)) {
                assertThat(answer.getMessage().getBody()).isSameAs(body);
            }
            assertThat(answer.getMessage().getBody(String.class)).contains("a cat");
        }
        soon(() -> assertThat(sandbox.stats().created()).isEqualTo(bodies.size()));
    }

    @Test
    void what_can_be_read_once_is_whole_for_the_next_step() throws Exception {
        host.with("camel.main.stream-caching-enabled", "false").open();
        String longest = "x".repeat(2_000_000);
        InputStream stream = new ByteArrayInputStream(longest.getBytes(StandardCharsets.UTF_8));

        for (Object body : List.of(stream, new StringReader(longest))) {
            Exchange answer = host.order(body);
            assertThat(answer.getException()).isInstanceOf(PromptRefused.class);
            assertThat(answer.getMessage().getBody(String.class)).isEqualTo(longest);
        }
        for (Object body :
                List.of(new StringReader("a cät"), new BufferedReader(new StringReader("a cät")))) {
            Exchange answer = host.order(body);
            assertThat(id(answer)).isNotNull();
            assertThat(answer.getMessage().getBody(String.class)).isEqualTo("a cät");
        }
    }

    @Test
    void a_refused_prompt_is_the_hosts_own_error_and_buys_nothing() throws Exception {
        host.open();

        for (Object body :
                new Object[] {
                    Map.of("prompt", "a cat", "duratoin", 5, "mode", "prp"),
                    "{\"prompt\": \"a cat\"",
                    "[{\"prompt\": \"a cat\"}]",
                    "  ",
                    null,
                    17,
                    new Object(),
                    new byte[] {(byte) 0xC3, 0x28}
                }) {
            Exchange answer = host.order(body);
            assertThat(answer.getException()).as("%s", body).isInstanceOf(PromptRefused.class);
            assertThat(answer.getMessage().getHeader("KlingTaskId")).isNull();
        }
        assertThat(host.order(Map.of("prompt", "a cat", "duratoin", 5, "mode", "prp")))
                .extracting(answer -> answer.getException().getMessage())
                .asString()
                .contains("did you mean `duration`?", "did you mean \"pro\"?");
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    @Test
    void a_text_in_brackets_is_a_text() throws Exception {
        host.open();

        assertThat(end(id(host.order("[two] cats"))).videos()).hasSize(2);
    }

    @Test
    void a_key_in_the_header_finds_the_same_task_again() throws Exception {
        host.open();
        Map<String, Object> key = Map.of("KlingTaskKey", "order-17");

        String first = id(host.order("a cat", key));
        String again = id(host.order("another cat", key));
        String other = id(host.order("a cat", Map.of("KlingTaskKey", "order-18")));

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(end(first).name()).isEqualTo("order-17");
        end(other);
        assertThat(sandbox.stats().created()).isEqualTo(2);
    }

    @Test
    void a_key_and_a_folder_may_be_expressions_in_a_java_route() throws Exception {
        host.calling("kamelet:kling-video-sink?taskKey=${header.order}&folder=shots/${header.who}");
        host.open();
        Map<String, Object> headers = Map.of("order", "7", "who", "eve", "KlingTaskKey", "x");

        String first = id(host.order("a cat", headers));

        assertThat(id(host.order("a cat", headers))).isEqualTo(first);
        assertThat(end(first).name()).isEqualTo("shots/eve/7");
        assertThat(host.outbox("shots/eve/7.mp4")).exists();
    }

    @Test
    void a_key_and_a_folder_may_be_expressions_in_yaml_and_come_from_a_setting() throws Exception {
        Path yaml =
                Files.writeString(
                        home.resolve("host.camel.yaml"),
                        """
                - route:
                    id: ordered
                    from:
                      uri: direct:ordered
                      steps:
                        - to:
                            uri: kamelet:kling-video-sink
                            parameters:
                              taskKey: "${header.order}-${body.length}"
                              folder: "{{my.folder}}"
                """);
        host.loading(SinkHost.ROOMS + ",file:" + yaml).with("my.folder", "shots/${header.who}");
        host.calling("direct:ordered").open();

        String id = id(host.order("a cat", Map.of("order", "7", "who", "eve")));

        assertThat(end(id).name()).isEqualTo("shots/eve/7-5");
    }

    @Test
    void properties_of_the_host_with_the_names_of_ours_are_the_hosts() throws Exception {
        host.with("taskKey", "theirs").with("folder", "theirs").open();

        String first = id(host.order("a cat"));

        assertThat(id(host.order("a dog"))).isNotEqualTo(first);
        assertThat(end(first).name()).isEqualTo("prompt");
    }

    @Test
    void an_expression_that_comes_out_blank_is_no_key() throws Exception {
        host.calling("kamelet:kling-video-sink?taskKey=${header.order}").open();

        assertThat(host.order("a cat").getException())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key is blank");
    }

    @Test
    void a_folder_that_leads_out_is_refused() throws Exception {
        host.calling("kamelet:kling-video-sink?folder=${header.who}").open();

        assertThat(host.order("a cat", Map.of("who", "../eve")).getException())
                .isInstanceOf(PromptRefused.class)
                .hasMessageContaining("begins with a dot");
    }

    @Test
    void two_routes_may_call_it_each_its_own_way() throws Exception {
        Path yaml =
                Files.writeString(
                        home.resolve("host.camel.yaml"),
                        """
                - route:
                    id: both
                    from:
                      uri: direct:both
                      steps:
                        - to:
                            uri: kamelet:kling-video-sink
                            parameters:
                              folder: one
                        - to:
                            uri: kamelet:kling-video-sink
                            parameters:
                              folder: two
                """);
        host.loading(SinkHost.ROOMS + ",file:" + yaml).calling("direct:both").open();

        assertThat(task(host.order("a cat")).folder()).isEqualTo("two");
        assertThat(host.videos().find("one/prompt")).isPresent();
    }

    @Test
    void a_refused_prompt_reaches_the_hosts_own_error_handler() throws Exception {
        Path yaml =
                Files.writeString(
                        home.resolve("host.camel.yaml"),
                        """
                - onException:
                    exception:
                      - dev.klingroutes.prompt.PromptRefused
                    handled:
                      constant:
                        expression: "true"
                    steps:
                      - setBody:
                          expression:
                            simple:
                              expression: "no: ${exception.message}"
                - route:
                    id: careful
                    from:
                      uri: direct:careful
                      steps:
                        - to:
                            uri: kamelet:kling-video-sink
                """);
        host.loading(SinkHost.ROOMS + ",file:" + yaml).calling("direct:careful").open();

        Exchange answer = host.order(Map.of("prompt", " "));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody(String.class))
                .isEqualTo("no: the prompt: `prompt` is missing or blank");
    }

    @Test
    void after_a_restart_a_key_still_finds_its_task() throws Exception {
        host.open();
        Map<String, Object> key = Map.of("KlingTaskKey", "order-17");
        String first = id(host.order("a cat", key));
        end(first);
        host.close();

        host.open();
        assertThat(id(host.order("a cat", key))).isEqualTo(first);
        assertThat(host.videos().await(first)).isCompleted();
        assertThat(sandbox.stats().created()).isEqualTo(1);
    }

    @Test
    void two_applications_on_one_postgresql_buy_a_key_once() throws Exception {
        try (TestLedger database = TestLedger.on(TestLedger.On.POSTGRESQL);
                SinkHost other = new SinkHost(home, sandbox.url())) {
            String url = database.settings().text("kling.ledger.url");
            host.with("kling.ledger.url", url).open();
            other.with("kling.ledger.url", url).open();
            Map<String, Object> key = Map.of("KlingTaskKey", "order-17");

            String here = id(host.order("a cat", key));
            String there = id(other.order("a cat", key));

            assertThat(there).isEqualTo(here);
            assertThat(other.videos().await(there).get(20, TimeUnit.SECONDS).state())
                    .isEqualTo(TaskState.DELIVERED);
            assertThat(sandbox.stats().created()).isEqualTo(1);
        }
    }

    @Test
    void who_waits_when_the_application_stops_is_told() throws Exception {
        sandbox.misbehave("task.stuck=1");
        host.open();
        CompletableFuture<KlingTask> end = host.videos().await(id(host.order("a cat")));

        host.close();

        assertThatThrownBy(() -> end.get(20, TimeUnit.SECONDS))
                .hasMessageContaining("The task itself goes on");
    }

    @Test
    void without_the_rooms_the_host_does_not_start_and_is_told_why() {
        host.loading("classpath:no-such-folder/*.yaml");

        assertThatThrownBy(host::open)
                .rootCause()
                .hasMessageContaining("rooms of Kling Routes are not loaded")
                .hasMessageContaining(
                        "camel.main.routes-include-pattern=classpath:kling/routes/*.camel.yaml");
    }
}
