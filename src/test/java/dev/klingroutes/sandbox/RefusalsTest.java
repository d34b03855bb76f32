package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static dev.klingroutes.sandbox.Caller.json;
import static dev.klingroutes.sandbox.Caller.request;
import static dev.klingroutes.sandbox.Caller.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.task.TurnedClock;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsTest {
    private final TurnedClock clock = new TurnedClock();
    private Sandbox sandbox;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withInFlight(2).withKey("k"), clock);
        caller = new Caller(sandbox);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void anExternalIdIsTakenForGood() throws Exception {
        caller.created(body("mine"));
        clock.turn(Duration.ofMinutes(13));
        HttpResponse<String> second = caller.create(body("mine"));
        assertThat(second.statusCode()).isEqualTo(400);
        assertThat(json(second).get("code").intValue()).isEqualTo(1201);
        assertThat(json(second).get("message").textValue())
                .isEqualTo("external_task_id already exists");
        assertThat(sandbox.tasks()).hasSize(1);
        assertThat(sandbox.stats().duplicatesRefused()).isEqualTo(1);
    }

    @Test
    void aTaskHoldsItsSlotUntilItEnds() throws Exception {
        caller.created(body("1"));
        caller.created(body("2", "a cup [fail]"));
        HttpResponse<String> third = caller.create(body("3"));
        JsonNode answer = json(third);
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(answer.get("code").intValue()).isEqualTo(1303);
        assertThat(answer.get("message").textValue())
                .isEqualTo("parallel task over resource pack limit");
        assertThat(answer.has("data")).isFalse();
        clock.turn(Duration.ofSeconds(8));
        assertThat(caller.create(body("3")).statusCode()).isEqualTo(200);
        Stats stats = sandbox.stats();
        assertThat(stats.maxInFlight()).isEqualTo(2);
        assertThat(stats.inFlight()).isEqualTo(1);
        assertThat(stats.limitRefused()).isEqualTo(1);
        assertThat(stats.createsReceived()).isEqualTo(4);
        assertThat(stats.created()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "not json",
                "{}",
                "{\"model_name\":\"kling-v3\"}",
                "{\"model_name\":\"kling-v3\",\"prompt\":\" \"}",
                "{\"model_name\":\"kling-v3\",\"prompt\":7}",
                "{\"prompt\":\"a cup\"}",
                "{\"model_name\":\"kling-v3\",\"prompt\":\"a cup\",\"duration\":5}"
            })
    void aBadBodyIsRefused(String body) throws Exception {
        HttpResponse<String> response = caller.create(body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("code").intValue()).isEqualTo(1201);
        assertThat(sandbox.tasks()).isEmpty();
    }

    @Test
    void anUnknownModelIsRefused() throws Exception {
        HttpResponse<String> response =
                caller.create("{\"model_name\":\"sora\",\"prompt\":\"a cup\"}");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).get("code").intValue()).isEqualTo(1203);
    }

    @ParameterizedTest
    @CsvSource({"'',1001", "Basic k,1002", "'Bearer ',1002", "Bearer other,1000"})
    void aBadKeyIsRefused(String authorization, int code) throws Exception {
        HttpRequest.Builder create =
                request(sandbox.url() + "/kling/v1/videos/text2video")
                        .POST(HttpRequest.BodyPublishers.ofString(body("mine")));
        if (!authorization.isEmpty()) {
            create.header("Authorization", authorization);
        }
        HttpResponse<String> response = text(create.build());
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(json(response).get("code").intValue()).isEqualTo(code);
        assertThat(sandbox.stats().refused()).isEqualTo(1);
    }

    @Test
    void thereIsNoCancel() throws Exception {
        String id = caller.created(body("mine"));
        HttpResponse<String> response =
                text(caller.api("videos/text2video/" + id).DELETE().build());
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).get("code").intValue()).isEqualTo(1202);
    }
}
