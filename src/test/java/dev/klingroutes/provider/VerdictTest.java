package dev.klingroutes.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of {@link Verdict}'s sources. */
class VerdictTest {
    @ParameterizedTest
    @CsvSource({
        "401,1000,CLOSED",
        "401,1001,CLOSED",
        "401,1002,CLOSED",
        "401,1003,CLOSED",
        "401,1004,CLOSED",
        "429,1100,CLOSED",
        "429,1101,CLOSED",
        "429,1102,CLOSED",
        "403,1103,REFUSED",
        "400,1200,REFUSED",
        "400,1201,REFUSED",
        "404,1202,REFUSED",
        "404,1203,REFUSED",
        "400,1300,REFUSED",
        "400,1301,REFUSED",
        "429,1302,LATER",
        "429,1303,FULL",
        "429,1304,CLOSED",
        "500,5000,UNCLEAR",
        "503,5001,UNCLEAR",
        "504,5002,UNCLEAR",
        // the code decides, not the HTTP status
        "200,1303,FULL",
        "500,1302,LATER",
        "400,5000,UNCLEAR",
        "500,1000,CLOSED",
        // a code that nobody knows
        "200,1999,UNCLEAR",
        "400,1999,REFUSED",
        "429,1999,LATER",
        "500,1999,UNCLEAR"
    })
    void the_codes_of_the_provider(int status, String code, Verdict verdict) {
        String body = "{\"code\":%s,\"message\":\"m\",\"request_id\":\"r\"}";

        assertThat(of(status, body.formatted(code))).isEqualTo(verdict);
        assertThat(of(status, body.formatted("\"" + code + "\""))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "400,'',REFUSED",
        "401,'',CLOSED",
        "402,'',CLOSED",
        "403,'',CLOSED",
        "404,'',CLOSED",
        "422,'',REFUSED",
        "429,'',LATER",
        "500,'',UNCLEAR",
        "502,'',UNCLEAR",
        "503,'',UNCLEAR",
        "504,'',UNCLEAR",
        "524,'',UNCLEAR",
        "408,'',UNCLEAR",
        "409,'',UNCLEAR",
        "301,'',CLOSED",
        "302,'',CLOSED",
        "500,invalid_request,REFUSED",
        "400,invalid_request,REFUSED",
        "503,model_not_found,REFUSED",
        "403,insufficient_user_quota,CLOSED",
        "400,task_failed,REFUSED",
        "403,quota_not_enough,CLOSED",
        "403,pre_consume_token_quota_failed,CLOSED",
        "429,upstream_load_saturated,LATER",
        "500,do_request_failed,UNCLEAR"
    })
    void the_errors_of_the_gateway(int status, String code, Verdict verdict) {
        assertThat(
                        of(
                                status,
                                "{\"error\":{\"message\":\"m\",\"type\":\"comet_api_error\",\"param\":\"\",\"code\":\""
                                        + code
                                        + "\"}}"))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "200,UNCLEAR", "204,UNCLEAR", "301,CLOSED", "401,CLOSED", "403,CLOSED", "404,CLOSED",
        "405,CLOSED", "429,LATER", "500,UNCLEAR", "502,UNCLEAR", "503,UNCLEAR", "524,UNCLEAR"
    })
    void a_page_or_nothing_instead_of_an_answer(int status, Verdict verdict) {
        assertThat(of(status, "<html>nginx</html>")).isEqualTo(verdict);
        assertThat(of(status, "")).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":400,\"message\":\"parallel task over resource pack limit\"}",
                "{\"code\":\"task_failed\",\"message\":\"Parallel task over resource pack limit (x)\"}",
                "{\"error\":{\"message\":\"parallel task over resource pack limit (request id: 1)\"}}"
            })
    void the_words_of_1303_without_its_code(String body) {
        assertThat(of(400, body)).isEqualTo(Verdict.FULL);
    }

    @Test
    void the_words_of_1102_without_its_code() {
        assertThat(of(400, "{\"code\":\"task_failed\",\"message\":\"Account balance not enough\"}"))
                .isEqualTo(Verdict.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "external_task_id already exists",
                "External task ID Already Exist",
                "duplicate external_task_id"
            })
    void an_id_that_the_provider_knows_was_created(String message) {
        assertThat(of(400, "{\"code\":1201,\"message\":\"" + message + "\"}"))
                .isEqualTo(Verdict.EXISTS);
    }

    @ParameterizedTest
    @CsvSource({
        "429,1303,FULL",
        "429,1102,CLOSED",
        "400,1301,REFUSED",
        "429,1302,LATER",
        "500,5000,UNCLEAR"
    })
    void a_refusal_that_a_gateway_hands_on_in_its_message_is_that_refusal(
            int status, String code, Verdict verdict) {
        String inner = "{\\\"code\\\":%s,\\\"message\\\":\\\"m\\\"}".formatted(code);
        String once = "{\"code\":\"fail_to_fetch_task\",\"message\":\"%s\",\"data\":null}";

        assertThat(of(status, once.formatted(inner))).isEqualTo(verdict);
        assertThat(of(status, "{\"error\":" + once.formatted(inner) + "}")).isEqualTo(verdict);
        assertThat(Reply.read(status, once.formatted(inner).getBytes(UTF_8)).code())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 429, 500, 503, 524})
    void whatever_it_says_there_is_a_task_if_it_names_one(int status) {
        assertThat(of(status, "{\"code\":1301,\"data\":{\"task_id\":\"8\"}}"))
                .isEqualTo(Verdict.UNCLEAR);
        assertThat(of(status, "{\"id\":\"8\",\"code\":1301,\"message\":\"an id of the error\"}"))
                .isEqualTo(Verdict.REFUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "This token has no access to model kling-v3,REFUSED",
        "该令牌无权访问模型 kling-v3,REFUSED",
        "该令牌无权访问任何模型,CLOSED",
        "this key is disabled,CLOSED"
    })
    void a_403_that_names_a_model_is_about_that_model_any_other_about_the_key(
            String message, Verdict verdict) {
        assertThat(of(403, "{\"error\":{\"message\":\"" + message + "\",\"code\":\"\"}}"))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":0,\"data\":{\"task_id\":\"8\",\"task_status\":\"submitted\"}}",
                "{\"code\":0,\"data\":{\"task_id\":\"8\",\"task_status\":\"failed\"}}",
                "{\"code\":\"success\",\"data\":{\"task_id\":\"8\"}}",
                "{\"task_id\":\"8\"}"
            })
    void a_task_with_a_name_was_created(String body) {
        assertThat(of(200, body)).isEqualTo(Verdict.CREATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":0,\"data\":{}}",
                "{\"code\":0,\"data\":{\"task_id\":\"\"}}",
                "{\"code\":0,\"data\":{\"task_id\":\"..\"}}",
                "{\"code\":0,\"data\":[]}",
                "{\"error\":\"odd\"}"
            })
    void a_good_reply_without_a_usable_name_is_unclear(String body) {
        assertThat(of(200, body)).isEqualTo(Verdict.UNCLEAR);
        assertThat(of(200, body.replace("..", "x".repeat(257)))).isEqualTo(Verdict.UNCLEAR);
    }

    private static Verdict of(int status, String body) {
        return Verdict.of(Reply.read(status, body.getBytes(UTF_8)));
    }
}
