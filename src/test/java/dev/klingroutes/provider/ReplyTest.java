package dev.klingroutes.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.Video;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shapes of {@link Reply}'s sources. */
class ReplyTest {
    @Test
    void of_very_many_videos_ten_are_taken() {
        String videos = "{\"url\":\"https://a.test/x.mp4\"},".repeat(14_999) + "{\"url\":\"b\"}";
        String body = "{\"code\":0,\"data\":{\"task_result\":{\"videos\":[" + videos + "]}}}";

        Reply reply = Reply.read(200, body.getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(reply.videos()).hasSize(10);
        assertThat(reply.videos().get(9).number()).isEqualTo(10);
    }

    @Test
    void a_text_without_end_is_cut() {
        String much = "x".repeat(1 << 20);
        Reply reply =
                read(
                        """
                        {"code":"%s","message":"%s","request_id":"%s",
                         "data":{"task_status":"%s","task_status_msg":"%s"}}
                        """
                                .formatted(much, much, much, much, much));

        assertThat(reply.shown()).hasSizeLessThan(7000);
        assertThat(reply.reason()).hasSizeLessThan(2100);
        assertThat(reply.statusWord()).hasSizeLessThan(2100);
    }

    @Test
    void a_status_without_an_id_is_that_of_the_call() {
        assertThat(read("{\"status\":\"error\"}").status()).isNull();
        assertThat(read("{\"data\":{\"status\":\"failed\"}}").status()).isNull();
        assertThat(read("{\"id\":\"7\",\"status\":\"failed\"}").status())
                .isEqualTo(Reply.Status.FAILED);
        assertThat(read("{\"data\":{\"external_id\":\"7\",\"status\":\"failed\"}}").status())
                .isEqualTo(Reply.Status.FAILED);
    }

    @Test
    void a_created_task() {
        Reply reply =
                read(
                        """
                        {"code":0,"message":"SUCCEED","request_id":"c0656403","data":{
                         "task_id":"867283741759111202","task_status":"submitted",
                         "task_info":{"external_task_id":"ours-1"},
                         "created_at":1774805076166,"updated_at":1774805076166}}
                        """);

        assertThat(reply.good()).isTrue();
        assertThat(reply.code()).isEqualTo("0");
        assertThat(reply.message()).isEqualTo("SUCCEED");
        assertThat(reply.requestId()).isEqualTo("c0656403");
        assertThat(reply.taskId()).isEqualTo("867283741759111202");
        assertThat(reply.externalTaskId()).isEqualTo("ours-1");
        assertThat(reply.status()).isEqualTo(Reply.Status.GOING);
        assertThat(reply.videos()).isEmpty();
    }

    @Test
    void a_task_that_is_rendering_has_empty_info_and_result() {
        Reply reply =
                read(
                        """
                        {"code":0,"message":"SUCCEED","request_id":"9ab376fc","data":{
                         "task_id":"878106242831892487","task_info":{},"created_at":1777385361501,
                         "updated_at":1777385363321,"task_result":{},"task_status":"processing"}}
                        """);

        assertThat(reply.status()).isEqualTo(Reply.Status.GOING);
        assertThat(reply.externalTaskId()).isNull();
        assertThat(reply.videos()).isEmpty();
    }

    @Test
    void a_finished_task() {
        Reply reply =
                read(
                        """
                        {"code":0,"message":"SUCCEED","request_id":"r","data":{"task_id":"8",
                         "task_status":"succeed","task_status_msg":"","final_unit_deduction":"3",
                         "task_info":{"external_task_id":"ours-1"},"task_result":{"images":null,"videos":[
                          {"id":"v1","url":"https://a.test/1.mp4","watermark_url":"","duration":"5.042"},
                          {"id":"v2","url":"https://a.test/2.mp4","duration":10},
                          {"id":"v3","url":""},{"id":"v4","url":null},"https://no.test",null]}}}
                        """);

        assertThat(reply.status()).isEqualTo(Reply.Status.SUCCEEDED);
        assertThat(reply.deduction()).isEqualTo("3");
        assertThat(reply.reason()).isNull();
        assertThat(reply.videos())
                .containsExactly(
                        Video.linked(1, "v1", "https://a.test/1.mp4", "5.042"),
                        Video.linked(2, "v2", "https://a.test/2.mp4", "10"));
    }

    @Test
    void the_reason_of_a_failure_is_not_the_message_of_the_envelope() {
        Reply reply =
                read(
                        """
                        {"code":0,"data":{"task_id":"833446756","task_info":{},"task_result":{},
                         "task_status":"failed","task_status_msg":"Image pixel is invalid"},
                         "message":"SUCCEED","request_id":"ace7625a"}
                        """);

        assertThat(reply.good()).isTrue();
        assertThat(reply.status()).isEqualTo(Reply.Status.FAILED);
        assertThat(reply.reason()).isEqualTo("Image pixel is invalid");
    }

    @Test
    void a_wrapped_task() {
        Reply reply =
                read(
                        """
                        {"code":"success","message":"","data":{"task_id":"task_public","action":"OMNI_VIDEO",
                         "status":"SUCCESS","fail_reason":"","submit_time":1773300000,"progress":"100%",
                         "data":{"task_id":"867283741759111202","task_status":"succeed",
                          "task_info":{"external_task_id":"ours-1"},
                          "task_result":{"videos":[{"id":"v","url":"https://a.test/v.mp4","duration":"5"}]}}}}
                        """);

        assertThat(reply.good()).isTrue();
        assertThat(reply.taskId()).as("by which it was asked").isEqualTo("task_public");
        assertThat(reply.externalTaskId()).isEqualTo("ours-1");
        assertThat(reply.status()).isEqualTo(Reply.Status.SUCCEEDED);
        assertThat(reply.videos()).hasSize(1);
    }

    @Test
    void a_wrapped_task_without_anything_in_it_yet() {
        Reply reply =
                read(
                        """
                        {"code":"success","data":{"task_id":"t","status":"FAILURE",
                         "fail_reason":"no credit","progress":"0%","data":{}}}
                        """);

        assertThat(reply.taskId()).isEqualTo("t");
        assertThat(reply.status()).isEqualTo(Reply.Status.FAILED);
        assertThat(reply.reason()).isEqualTo("no credit");
    }

    @Test
    void a_bare_task() {
        Reply reply =
                read(
                        """
                        {"task_id":"t","task_status":"succeed","created_at":1775872087,
                         "task_result":{"videos":[{"url":"https://a.test/v.mp4"}]}}
                        """);

        assertThat(reply.good()).isTrue();
        assertThat(reply.taskId()).isEqualTo("t");
        assertThat(reply.videos())
                .containsExactly(Video.linked(1, null, "https://a.test/v.mp4", null));
    }

    @Test
    void a_task_in_the_new_words() {
        Reply reply =
                read(
                        """
                        {"code":0,"data":{"id":"t","status":"succeeded","external_id":"ours-1"}}
                        """);

        assertThat(reply.taskId()).isEqualTo("t");
        assertThat(reply.externalTaskId()).isEqualTo("ours-1");
        assertThat(reply.status()).isEqualTo(Reply.Status.SUCCEEDED);
    }

    @ParameterizedTest
    @CsvSource({
        "submitted,GOING", "processing,GOING", "succeed,SUCCEEDED", "succeeded,SUCCEEDED",
        "failed,FAILED", "SUCCESS,SUCCEEDED", "FAILURE,FAILED", "QUEUED,GOING",
        "IN_PROGRESS,GOING", "completed,SUCCEEDED", "throttled,UNKNOWN", "cancelled,UNKNOWN"
    })
    void the_words_of_a_state(String word, Reply.Status status) {
        Reply reply =
                read("{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"" + word + "\"}}");

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.statusWord()).isEqualTo(word);
    }

    @Test
    void an_error_of_the_gateway() {
        Reply reply =
                Reply.read(
                        401,
                        bytes(
                                """
                                {"error":{"message":"bad key (request id: 1)","type":"comet_api_error",
                                 "param":"","code":""}}
                                """));

        assertThat(reply.good()).isFalse();
        assertThat(reply.code()).isEqualTo("comet_api_error");
        assertThat(reply.message()).isEqualTo("bad key (request id: 1)");
        assertThat(reply.shown())
                .isEqualTo("HTTP 401, code comet_api_error, bad key (request id: 1)");
    }

    @Test
    void an_error_that_is_a_mere_word() {
        assertThat(Reply.read(500, bytes("{\"error\":\"boom\"}")).message()).isEqualTo("boom");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "\"0\"", "200", "\"success\"", "\"SUCCESS\""})
    void the_codes_of_a_good_reply(String code) {
        assertThat(read("{\"code\":" + code + "}").good()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1303", "\"1303\"", "\"task_not_exist\"", "-1"})
    void the_codes_of_a_bad_one(String code) {
        assertThat(read("{\"code\":" + code + "}").good()).isFalse();
    }

    @Test
    void a_number_for_an_id_keeps_all_its_digits() {
        assertThat(read("{\"code\":0,\"data\":{\"task_id\":867283741759111202}}").taskId())
                .isEqualTo("867283741759111202");
    }

    @Test
    void the_last_of_two_fields_of_one_name_counts() {
        assertThat(read("{\"code\":0,\"code\":1303}").code()).isEqualTo("1303");
    }

    @Test
    void a_list_is_about_no_task() {
        Reply reply =
                read("{\"code\":0,\"data\":[{\"task_id\":\"t\",\"task_status\":\"succeed\"}]}");

        assertThat(reply.taskId()).isNull();
        assertThat(reply.status()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":0,\"data\":null}",
                "{\"code\":0,\"data\":\"text\"}",
                "{\"code\":0,\"data\":{\"task_id\":null,\"task_result\":null,\"task_info\":7}}",
                "{\"code\":0,\"data\":{\"task_id\":{},\"task_result\":{\"videos\":{\"url\":1}}}}",
                "{}"
            })
    void fields_of_another_type_are_no_task(String body) {
        assertThat(read(body).readable()).isTrue();
        assertThat(read(body).taskId()).isNull();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "   ",
                "[1,2]",
                "7",
                "\"text\"",
                "null",
                "{\"code\":",
                "<html>gone</html>",
                "  <!DOCTYPE html><p>x",
                "\0\0\0",
                "{\"code\":0"
            })
    void what_is_no_object_is_not_readable(String body) {
        Reply reply = Reply.read(200, body == null ? null : bytes(body));

        assertThat(reply.readable()).isFalse();
        assertThat(reply.good()).isFalse();
        assertThat(reply.shown()).startsWith("HTTP 200, ");
    }

    @Test
    void a_page_is_called_a_page_and_shown_in_part() {
        Reply reply = Reply.read(404, bytes("<html>\n" + "x".repeat(10_000)));

        assertThat(reply.message()).startsWith("an HTML page: <html> x").hasSizeLessThan(400);
        assertThat(Reply.read(502, bytes("")).message()).isEqualTo("an empty reply");
        assertThat(Reply.read(502, bytes("upstream")).message()).isEqualTo("not JSON: upstream");
    }

    @Test
    void endless_nesting_and_bytes_that_are_no_text_are_not_readable() {
        assertThat(read("{\"data\":".repeat(100_000)).readable()).isFalse();
        assertThat(Reply.read(200, new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe}).readable())
                .isFalse();
    }

    private static Reply read(String body) {
        return Reply.read(200, bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
