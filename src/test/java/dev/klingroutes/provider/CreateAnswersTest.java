package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.Rooms;
import dev.klingroutes.Settings;
import dev.klingroutes.failure.ErrorFiles;
import dev.klingroutes.failure.Trouble;
import dev.klingroutes.failure.Unhandled;
import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Inbox;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.prompt.RefusedDrops;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.LedgerSource;
import dev.klingroutes.task.LedgerSpace;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.main.Main;
import org.apache.camel.support.RoutePolicySupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every answer to a create call that the sources of {@link Verdict} know, as bytes from a real port
 * through the real rooms: what the ledger says afterwards, and what is reserved of the budget.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreateAnswersTest {
    private static final String ORDINARY =
            "{\"prompt\":\"a cat\",\"model_name\":\"kling-v3\",\"mode\":\"std\",\"duration\":\"5\"}";

    private static final String ANSWERED = task("submitted");

    /**
     * @param line what it is, for the report
     * @param request what is asked for
     * @param answer all bytes; empty: the connection is closed without any
     */
    private record Row(
            String line, String request, String answer, String decision, TaskState state) {
        @Override
        public String toString() {
            return line + ": " + decision;
        }

        boolean bought() {
            return state == SUBMITTED || state == UNCERTAIN;
        }
    }

    private RawServer server;
    private TestLedger test;
    private Gate gate;
    private Main main;

    @BeforeAll
    void open() throws Exception {
        server = new RawServer();
        test =
                TestLedger.on(
                        TestLedger.On.SQLITE,
                        Map.of("kling.api.url", server.url(), "kling.submit.deadline", "700ms"));
        Settings settings = test.settings();
        gate = test.gate();
        News news = new News();
        main = new Main();
        main.configure()
                .withRoutesIncludePattern(
                        "classpath:kling/routes/task-submit.camel.yaml,"
                                + "classpath:kling/routes/task-watch.camel.yaml,"
                                + "classpath:kling/routes/failure.camel.yaml");
        main.bind(
                "klingSubmit",
                new Submit(
                        test.ledger(),
                        gate,
                        new LedgerSpace(new LedgerSource(settings), settings, news),
                        new Models(settings),
                        new FolderBudgets(settings),
                        settings,
                        news));
        main.bind("klingLookup", new Lookup(test.ledger()));
        main.bind(
                "klingResend",
                new Resend(
                        test.ledger(),
                        gate,
                        new LedgerSpace(new LedgerSource(settings), settings, news),
                        settings));
        main.bind(
                "klingWatch",
                new Watch(
                        test.ledger(),
                        settings,
                        news,
                        test.clock(),
                        new CallbackArrivals(new Callbacks(test.ledger()), settings)));
        main.bind("klingRooms", new Rooms("task-submit,task-watch", false));
        main.bind("klingOpening", new RoutePolicySupport() {});
        main.bind("klingProviderHttp", new ProviderHttp(settings));
        main.bind("klingTrouble", new Trouble(test.ledger(), news));
        main.bind("klingUnhandled", new Unhandled(test.ledger(), news));
        main.bind("klingErrorFiles", new ErrorFiles(test.ledger(), settings, test.clock()));
        main.bind(
                "klingRefusedDrops", new RefusedDrops(new Inbox(settings), settings, test.clock()));
        main.start();
    }

    @AfterAll
    void close() throws Exception {
        main.stop();
        test.close();
        server.close();
    }

    static Stream<Row> combinations() {
        return Stream.of(
                bad("kling-v1", "\"mode\":\"pro\",\"camera_control\":{\"type\":\"down_back\"}"),
                bad("kling-v1-5", "\"mode\":\"std\""),
                bad("kling-v1-6", "\"sound\":\"on\""),
                bad("kling-v2-master", "\"mode\":\"pro\""),
                bad("kling-v2-1", "\"mode\":\"std\""),
                bad("kling-v2-1-master", "\"mode\":\"std\""),
                bad("kling-v2-5-turbo", "\"duration\":\"7\""),
                bad("kling-v2-6", "\"mode\":\"std\",\"sound\":\"on\""),
                bad("kling-v3", "\"duration\":\"16\""),
                bad("kling-v3-omni", "\"mode\":\"4k\""),
                bad("kling-3.0-turbo", "\"mode\":\"720p\""));
    }

    private static Row bad(String model, String field) {
        return new Row(
                "not of " + model,
                "{\"prompt\":\"a cat\",\"model_name\":\"" + model + "\"," + field + "}",
                kling(400, 1201, "this is not supported by " + model),
                "refused",
                FAILED);
    }

    static Stream<Row> codes() {
        return Stream.of(
                row("Kling 200 0", ANSWERED, "created", SUBMITTED),
                row("Kling 200 0 failed", task("failed"), "created", FAILED),
                code(401, 1000, "closed", ACCEPTED),
                code(401, 1001, "closed", ACCEPTED),
                code(401, 1002, "closed", ACCEPTED),
                code(401, 1003, "closed", ACCEPTED),
                code(401, 1004, "closed", ACCEPTED),
                code(429, 1100, "closed", ACCEPTED),
                code(429, 1101, "closed", ACCEPTED),
                code(429, 1102, "closed", ACCEPTED),
                code(403, 1103, "refused", FAILED),
                code(400, 1200, "refused", FAILED),
                code(400, 1201, "refused", FAILED),
                row(
                        "Kling 400 1201",
                        kling(400, 1201, "external_task_id already exists"),
                        "exists",
                        UNCERTAIN),
                code(404, 1202, "refused", FAILED),
                code(404, 1203, "refused", FAILED),
                code(400, 1300, "refused", FAILED),
                code(400, 1301, "refused", FAILED),
                code(429, 1302, "later", ACCEPTED),
                code(429, 1303, "full", ACCEPTED),
                code(429, 1304, "closed", ACCEPTED),
                code(500, 5000, "unclear", UNCERTAIN),
                code(503, 5001, "unclear", UNCERTAIN),
                code(504, 5002, "unclear", UNCERTAIN));
    }

    private static Row code(int http, int code, String decision, TaskState state) {
        return row(
                "Kling " + http + " " + code, kling(http, code, "as documented"), decision, state);
    }

    static Stream<Row> gateway() {
        return Stream.of(
                comet(400, "", "refused", FAILED),
                comet(401, "", "closed", ACCEPTED),
                comet(403, "", "closed", ACCEPTED),
                comet(403, "insufficient_user_quota", "closed", ACCEPTED),
                comet(429, "", "later", ACCEPTED),
                // a malformed request, or a required field that is missing
                comet(500, "invalid_request", "refused", FAILED),
                comet(503, "model_not_found", "refused", FAILED),
                comet(500, "", "unclear", UNCERTAIN),
                comet(503, "", "unclear", UNCERTAIN),
                comet(504, "", "unclear", UNCERTAIN),
                comet(524, "", "unclear", UNCERTAIN),
                row("gateway 301", http(301, ""), "closed", ACCEPTED),
                row("gateway page 404", http(404, "<html>nginx</html>"), "closed", ACCEPTED),
                row("gateway page 200", http(200, "<!doctype html>"), "unclear", UNCERTAIN),
                row("gateway page 502", http(502, "<html>bad gateway"), "unclear", UNCERTAIN),
                row("gateway page 524", http(524, "<html>a timeout"), "unclear", UNCERTAIN),
                row("gateway empty 200", http(200, ""), "unclear", UNCERTAIN),
                row("gateway cut off JSON", http(200, "{\"code\":0,\"mess"), "unclear", UNCERTAIN),
                row(
                        "gateway code in words",
                        http(400, "{\"code\":\"task_failed\",\"message\":\"no\",\"data\":null}"),
                        "refused",
                        FAILED),
                row(
                        "gateway flattened 1303",
                        http(
                                400,
                                "{\"code\":\"task_failed\",\"message\":"
                                        + "\"parallel task over resource pack limit\"}"),
                        "full",
                        ACCEPTED),
                row(
                        "gateway wrapped 1102",
                        http(
                                429,
                                "{\"code\":\"fail_to_fetch_task\",\"message\":"
                                        + "\"{\\\"code\\\":1102,\\\"message\\\":\\\"empty\\\"}\"}"),
                        "closed",
                        ACCEPTED),
                row(
                        "gateway a name in an error",
                        http(500, "{\"code\":5000,\"data\":{\"task_id\":\"t-1\"}}"),
                        "unclear",
                        UNCERTAIN));
    }

    private static Row comet(int http, String code, String decision, TaskState state) {
        String body =
                """
                {"error":{"message":"no (request id: 1)","type":"comet_api_error","param":"","code":"%s"}}"""
                        .formatted(code);
        return row("gateway " + http + " " + code, http(http, body), decision, state);
    }

    static Stream<Row> wire() {
        return Stream.of(
                row("wire reset after the request", "", "no-answer", UNCERTAIN),
                row("wire no HTTP", "garbage\r\n\r\n", "no-answer", UNCERTAIN),
                row(
                        "wire cut in the answer",
                        "HTTP/1.1 200 OK\r\nContent-Length: 90\r\nConnection: close\r\n\r\n{",
                        "no-answer",
                        UNCERTAIN));
    }

    @ParameterizedTest
    @MethodSource({"combinations", "codes", "gateway", "wire"})
    void means(Row row) throws Exception {
        if (row.answer().isEmpty()) {
            server.hangsUp();
        } else {
            server.answers(row.answer());
        }

        Task task = sent(row.request());

        assertThat(server.requests()).as("sent once").hasSize(1);
        assertThat(server.requests().get(0)).contains(row.request().substring(1, 40));
        assertThat(task.state()).isEqualTo(row.state());
        assertThat(task.decision().verdict()).isEqualTo(row.decision());
        boolean failedAtOnce = row.line().endsWith("failed");
        assertThat(task.mayHaveBeenBought()).isEqualTo(row.bought() || failedAtOnce);
        if (row.request().equals(ORDINARY)) {
            assertThat(task.money().cost() != null).isEqualTo(row.bought() || failedAtOnce);
        }
        assertThat(test.column("in_flight_until", task) != null).isEqualTo(row.bought());
        if (row.answer().contains("\"r-7\"")) {
            assertThat(row.answer()).contains("\"code\":" + task.decision().code() + ",");
            assertThat(row.answer()).contains('"' + task.decision().message() + '"');
            assertThat(task.decision().requestId()).isEqualTo("r-7");
        }
        if (row.answer().contains("t-1")) {
            assertThat(task.taskId()).isEqualTo("t-1");
        }
        boolean closed = row.decision().equals("closed") || row.line().equals("gateway page 200");
        assertThat(gate.room() == 0).as("closed for all").isEqualTo(closed);
        if (task.state() == FAILED || task.state() == UNCERTAIN) {
            assertThat(Json.map(Files.readString(errorFile(task))).get("create"))
                    .isEqualTo(task.decision().shown());
        }
    }

    @Test
    void what_is_stopped_time_after_time_is_told_and_waits() throws Exception {
        server.answers(http(403, "<html>blocked by the firewall</html>"));
        Task task = sent(ORDINARY);
        for (int failures = 2; failures <= 5; failures++) {
            assertThat(task.report()).as("%d failures", task.failures()).isNull();
            task = sentAgain(task);
        }

        assertThat(task.state()).isEqualTo(ACCEPTED);
        assertThat(task.failures()).isEqualTo(5);
        Map<String, Object> error = Json.map(Files.readString(errorFile(task)));
        assertThat(error.get("message").toString()).contains("blocked by the firewall");
        assertThat(error.get("what_to_do").toString())
                .contains("tried again by itself", "a firewall", "tasks cancel " + task.id());

        server.answers(ANSWERED);
        Path file = errorFile(task);
        assertThat(sentAgain(task).state()).isEqualTo(SUBMITTED);
        await().until(() -> Files.notExists(file));
    }

    @Test
    void an_answer_after_the_deadline_is_none() throws Exception {
        server.drips();

        Task task = sent(ORDINARY);

        assertThat(task.state()).isEqualTo(UNCERTAIN);
        assertThat(task.decision().verdict()).isEqualTo("no-answer");
        assertThat(task.decision().message()).contains("no answer within");
        assertThat(task.mayHaveBeenBought()).isTrue();
    }

    @Test
    void a_create_that_found_nobody_was_not_sent() throws Exception {
        String nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = "http://127.0.0.1:" + free.getLocalPort();
        }
        test.sql("update kling_gate set closed_code = null, limit_now = null");
        test.sql("update kling_task set in_flight_until = null, due_at = null");
        accept(ORDINARY);
        test.sql("update kling_task set address = '" + nobody + "' where due_at is not null");
        Task task = test.claim(ACCEPTED);
        gate.pass(task, "{}", null, Map.of(), null);
        main.getCamelTemplate()
                .sendBody(
                        "direct:kling-task-submit-create",
                        Call.create(task.in(TaskState.SUBMITTING), "{}"));

        Task back = test.find(task);
        assertThat(back.state()).isEqualTo(ACCEPTED);
        assertThat(back.decision().verdict()).isEqualTo("not-sent");
        assertThat(back.mayHaveBeenBought()).isFalse();
        assertThat(back.money().cost()).isNull();
    }

    private Task sent(String request) throws Exception {
        server.requests().clear();
        test.sql("update kling_task set in_flight_until = null, due_at = null");
        accept(request);
        return sentNow();
    }

    private Task sentAgain(Task task) throws Exception {
        test.sql("update kling_task set due_at = 0 where id = '" + task.id() + "'");
        return sentNow();
    }

    private Task sentNow() throws Exception {
        test.sql("update kling_gate set closed_code = null, limit_now = null");
        Task task = test.claim(ACCEPTED);
        main.getCamelTemplate().sendBody("direct:kling-task-submit", task);
        return test.find(task);
    }

    private void accept(String request) {
        test.acceptance()
                .accept(
                        UUID.randomUUID().toString(),
                        "drop.csv",
                        "",
                        List.of(
                                new Acceptance.Wanted(
                                        UUID.randomUUID().toString(), "text2video", request)),
                        stem -> false);
    }

    private Path errorFile(Task task) {
        Path file = test.settings().folder("kling.failed.dir").resolve(task.stem() + ".error.json");
        await().until(() -> Files.exists(file));
        return file;
    }

    private static Row row(String line, String answer, String decision, TaskState state) {
        return new Row(line, ORDINARY, answer, decision, state);
    }

    private static String task(String status) {
        return http(
                200,
                """
                {"code":0,"message":"SUCCEED","request_id":"r-7","data":{"task_id":"t-1","task_status":"%s"}}"""
                        .formatted(status));
    }

    private static String kling(int status, int code, String message) {
        return http(
                status,
                "{\"code\":%d,\"message\":\"%s\",\"request_id\":\"r-7\"}".formatted(code, message));
    }

    private static String http(int status, String body) {
        return "HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(status, body.getBytes(StandardCharsets.ISO_8859_1).length, body);
    }
}
