package dev.klingroutes.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever rubbish comes: no look ends a task by it, no create counts as made or as refused. */
class RubbishTest {
    private static final List<String> BODIES =
            List.of(
                    "",
                    " \n",
                    "<html><body>Please sign in</body></html>",
                    "<!DOCTYPE html><title>502</title>",
                    "upstream connect error",
                    "null",
                    "true",
                    "0",
                    "[]",
                    "[{\"code\":0}]",
                    "\"succeed\"",
                    "{",
                    "{}",
                    "{\"code\":0}",
                    "{\"code\":{}}",
                    "{\"code\":[0],\"data\":[]}",
                    "{\"code\":0,\"data\":null}",
                    "{\"code\":0,\"data\":\"succeed\"}",
                    "{\"code\":0,\"data\":[{\"task_id\":\"1\",\"task_status\":\"failed\"}]}",
                    "{\"code\":0,\"data\":{\"task_id\":{},\"task_status\":{}}}",
                    "{\"code\":0,\"data\":{\"task_id\":[],\"task_status\":[\"failed\"]}}",
                    "{\"code\":0,\"data\":{\"task_status\":null,\"task_result\":7}}",
                    "{\"status\":\"error\",\"message\":\"upstream timeout\"}",
                    "{\"status\":\"fail\",\"data\":{\"title\":\"missing\"}}",
                    "{\"status\":\"success\",\"data\":null}",
                    "{\"code\":0,\"data\":{\"status\":\"error\"}}",
                    "{\"code\":\"\",\"message\":{\"a\":1}}",
                    "{\"data\":{\"data\":{\"data\":{\"task_status\":\"failed\"}}}}",
                    "{\"code\":0,\"data\":{\"task_status\":\"succ\u0000eed\"}}",
                    "\u0000\u0001\u00ff\u00fe",
                    "{\"a\":".repeat(5_000),
                    "x".repeat(1 << 20));

    static Stream<Object[]> rubbish() {
        List<Object[]> all = new ArrayList<>();
        for (int status : new int[] {200, 204, 429, 500, 502, 503, 504, 520}) {
            BODIES.forEach(body -> all.add(new Object[] {status, body}));
        }
        all.add(new Object[] {200, null});
        all.add(new Object[] {401, "<html>"});
        all.add(new Object[] {403, "<html>"});
        all.add(new Object[] {403, "{}"});
        all.add(new Object[] {401, "{\"message\":\"who are you\"}"});
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("rubbish")
    void it_ends_nothing(int status, String body) {
        byte[] bytes = body == null ? null : Answer.bytes(body);
        Reply reply = Reply.read(status, bytes);

        assertThat(Verdict.of(reply)).isNotIn(Verdict.CREATED, Verdict.REFUSED, Verdict.EXISTS);
        Look look = Look.of(reply, true);
        assertThat(look.failed()).isFalse();
        assertThat(look.succeeded()).isFalse();
        assertThat(reply.shown()).hasSizeLessThan(1_000);
    }
}
