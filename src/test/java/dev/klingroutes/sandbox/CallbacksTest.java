package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.klingroutes.task.TurnedClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallbacksTest {
    private final TurnedClock clock = new TurnedClock();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer listener;
    private Sandbox sandbox;

    @BeforeEach
    void listen() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults(), clock);
        listener = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        listener.createContext(
                "/",
                exchange -> {
                    heard.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        listener.start();
    }

    @AfterEach
    void close() {
        sandbox.close();
        listener.stop(0);
    }

    @Test
    void aTaskTellsThatItIsProcessingAndThatItHasEnded() throws Exception {
        String id = create("a cup");
        clock.turn(Duration.ofSeconds(2));
        JsonNode first = heard(1);
        assertThat(first.get("task_id").textValue()).isEqualTo(id);
        assertThat(first.get("task_status").textValue()).isEqualTo("processing");
        assertThat(first.has("code")).isFalse();
        clock.turn(Duration.ofSeconds(6));
        JsonNode second = heard(2);
        assertThat(second.get("task_status").textValue()).isEqualTo("succeed");
        assertThat(second.at("/task_info/external_task_id").textValue()).isEqualTo("mine");
        String link = second.at("/task_result/videos/0/url").textValue();
        assertThat(Caller.download(link).statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(5)).until(() -> sandbox.stats().callbacksAnswered() == 2);
    }

    @Test
    void aFailedTaskTellsItsReason() throws Exception {
        create("a cup [fail]");
        clock.turn(Duration.ofSeconds(2));
        heard(1);
        clock.turn(Duration.ofSeconds(6));
        JsonNode last = heard(2);
        assertThat(last.get("task_status").textValue()).isEqualTo("failed");
        assertThat(last.get("task_status_msg").textValue()).contains("risk control");
    }

    private String create(String prompt) throws Exception {
        String address = "http://127.0.0.1:" + listener.getAddress().getPort() + "/token";
        return new Caller(sandbox)
                .created(
                        body("mine", prompt)
                                .replace("}", ",\"callback_url\":\"" + address + "\"}"));
    }

    private JsonNode heard(int times) throws Exception {
        await().atMost(Duration.ofSeconds(5)).until(() -> heard.size() == times);
        return new ObjectMapper().readTree(heard.get(times - 1));
    }
}
