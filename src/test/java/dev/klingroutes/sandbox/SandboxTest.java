package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static dev.klingroutes.sandbox.Caller.json;
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

class SandboxTest {
    private final TurnedClock clock = new TurnedClock();
    private Sandbox sandbox;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults(), clock);
        caller = new Caller(sandbox);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void createAnswersWithTheProvidersEnvelope() throws Exception {
        HttpResponse<String> response = caller.create(body("mine"));
        JsonNode answer = json(response);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(answer.get("code").intValue()).isZero();
        assertThat(answer.get("message").textValue()).isEqualTo("SUCCEED");
        assertThat(answer.get("request_id").textValue()).isNotBlank();
        assertThat(answer.at("/data/task_id").textValue()).matches("\\d{18}");
        assertThat(answer.at("/data/task_status").textValue()).isEqualTo("submitted");
        assertThat(answer.at("/data/task_info/external_task_id").textValue()).isEqualTo("mine");
        assertThat(answer.at("/data/created_at").longValue()).isEqualTo(clock.millis());
        assertThat(answer.at("/data/updated_at").longValue()).isEqualTo(clock.millis());
    }

    @Test
    void aTaskGoesFromSubmittedToSucceedAsTheClockTurns() throws Exception {
        String id = caller.created(body("mine"));
        assertThat(status(id)).isEqualTo("submitted");
        clock.turn(Duration.ofSeconds(2));
        assertThat(status(id)).isEqualTo("processing");
        clock.turn(Duration.ofMillis(5_999));
        assertThat(status(id)).isEqualTo("processing");
        clock.turn(Duration.ofMillis(1));
        JsonNode data = json(caller.look(id)).get("data");
        assertThat(data.get("task_status").textValue()).isEqualTo("succeed");
        assertThat(data.get("final_unit_deduction").textValue()).isEqualTo("3");
        assertThat(data.at("/task_info/external_task_id").textValue()).isEqualTo("mine");
        assertThat(data.at("/task_result/videos")).hasSize(1);
        assertThat(data.at("/task_result/videos/0/url").textValue())
                .startsWith(sandbox.url() + "/videos/" + id + "/1.mp4?Expires=");
        assertThat(data.at("/task_result/videos/0/duration").textValue()).isEqualTo("5");
    }

    @Test
    void thePromptMayAskForAnOutcome() throws Exception {
        String fail = caller.created(body("1", "a cup [fail]"));
        String stuck = caller.created(body("2", "a cup [stuck]"));
        String two = caller.created(body("3", "a cup [two]"));
        clock.turn(Duration.ofDays(1));
        JsonNode failed = json(caller.look(fail));
        assertThat(failed.get("message").textValue()).isEqualTo("SUCCEED");
        assertThat(failed.at("/data/task_status").textValue()).isEqualTo("failed");
        assertThat(failed.at("/data/task_status_msg").textValue())
                .isEqualTo("Failure to pass the risk control system");
        assertThat(status(stuck)).isEqualTo("processing");
        assertThat(json(caller.look(two)).at("/data/task_result/videos")).hasSize(2);
    }

    @Test
    void anExternalIdFindsItsTask() throws Exception {
        String id = caller.created(body("mine"));
        assertThat(json(caller.look("mine")).at("/data/task_id").textValue()).isEqualTo(id);
        assertThat(sandbox.stats().lookupsByExternalId()).isEqualTo(1);
        assertThat(sandbox.stats().looks()).isZero();
        assertThat(sandbox.tasks().get(0).looks()).isEqualTo(1);
    }

    @Test
    void anExternalIdFindsNothingWhenLookupsAreOff() throws Exception {
        try (Sandbox other =
                Sandbox.start(SandboxSettings.defaults().withExternalIdLookups(false), clock)) {
            Caller there = new Caller(other);
            there.created(body("mine"));
            assertThat(there.look("mine").statusCode()).isEqualTo(400);
            assertThat(json(there.look("mine")).get("message").textValue())
                    .isEqualTo("Task not found");
        }
    }

    @Test
    void aTaskIsFoundOnlyUnderThePathThatCreatedIt() throws Exception {
        String id = caller.created(body("mine"));
        HttpResponse<String> response = text(caller.api("videos/image2video/" + id).build());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("code").intValue()).isEqualTo(1201);
    }

    @ParameterizedTest
    @CsvSource({"videos/image2video,videos", "images/generations,images", "audio/tts,audios"})
    void otherKindsHaveTheirOwnResultList(String path, String list) throws Exception {
        HttpRequest create =
                caller.api(path).POST(HttpRequest.BodyPublishers.ofString("{}")).build();
        String id = json(text(create)).at("/data/task_id").textValue();
        clock.turn(Duration.ofSeconds(8));
        JsonNode answer = json(text(caller.api(path + "/" + id).build()));
        assertThat(answer.at("/data/task_result/" + list)).hasSize(1);
    }

    @Test
    void anAddressOutsideTheApiAnswersWithAPage() throws Exception {
        HttpResponse<String> response =
                text(Caller.request(sandbox.url() + "/v1/videos/text2video").build());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("<!DOCTYPE html>");
    }

    @Test
    void aSandboxElsewhereCanBeAskedAndTold() throws Exception {
        HttpRequest tell =
                Caller.request(sandbox.url() + "/sandbox/faults")
                        .POST(HttpRequest.BodyPublishers.ofString("create.503=1x"))
                        .build();
        assertThat(text(tell).statusCode()).isEqualTo(200);
        assertThat(caller.create(body("mine")).statusCode()).isEqualTo(503);
        JsonNode stats = json(text(Caller.request(sandbox.url() + "/sandbox/stats").build()));
        assertThat(stats.get("createsReceived").longValue()).isEqualTo(1);
        assertThat(stats.at("/faults/create.503").longValue()).isEqualTo(1);
    }

    private String status(String id) throws Exception {
        return json(caller.look(id)).at("/data/task_status").textValue();
    }
}
