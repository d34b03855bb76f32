package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.provider.Lookup.Found;
import dev.klingroutes.provider.Lookup.Proof;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class HearsayTest {
    private final TestLedger test;
    private final Callbacks callbacks;
    private final Lookup lookup;
    private final CallbackToken token;
    private Task task;

    HearsayTest(TestLedger.On on) {
        test = TestLedger.on(on);
        callbacks = new Callbacks(test.ledger());
        lookup = new Lookup(test.ledger());
        task = test.claimed(UNCERTAIN);
        token = test.token(task);
        callbacks.heard(task.id(), token, "said");
    }

    @AfterEach
    void close() {
        test.close();
    }

    private Found found(int status, byte[] body) {
        return lookup.found(lookup.call(task), status, body);
    }

    @Test
    void what_was_said_is_looked_at_before_it_is_looked_up_by_our_id() {
        assertThat(lookup.call(task).url()).endsWith("/text2video/said");
    }

    @Test
    void it_is_ours_if_it_bears_our_id() {
        Found found = found(200, Answer.task("said", "processing", task.externalId()));

        assertThat(found.ours()).isTrue();
        lookup.adopt(task, found);
        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
        assertThat(test.find(task).taskId()).isEqualTo("said");
    }

    @Test
    void without_a_name_it_must_be_the_one_that_was_said_and_pass_the_control() {
        Found found = found(200, Answer.task("said", "processing", null));

        assertThat(found.proof()).isEqualTo(Proof.UNNAMED);
        assertThat(lookup.controlled(found, 400, Answer.error("1201", "Task not found")).ours())
                .isTrue();
        assertThat(lookup.controlled(found, 200, Answer.task("any", "processing", null)).ours())
                .isFalse();
        assertThat(found(200, Answer.task("other", "processing", null)).proof())
                .isEqualTo(Proof.NOTHING);
    }

    @Test
    void a_stranger_and_another_task_of_ours_are_refused() {
        assertThat(found(200, Answer.task("said", "processing", "a stranger's")).proof())
                .isEqualTo(Proof.NOTHING);

        Task known = test.claimed(SUBMITTED, "dog");
        callbacks.refuted(task, "said");
        callbacks.heard(task.id(), token, known.taskId());
        assertThat(found(200, Answer.task(known.taskId(), "processing", null)).proof())
                .isEqualTo(Proof.NOTHING);
    }

    @Test
    void what_is_refuted_is_forgotten_and_our_own_id_is_looked_up_at_once() {
        lookup.park(task, found(400, Answer.error("1201", "Task not found")));

        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ZERO);
        task = test.claim(UNCERTAIN);
        assertThat(task.failures()).isZero();
        assertThat(lookup.call(task).url()).endsWith("/text2video/" + task.externalId());
    }

    @ParameterizedTest
    @CsvSource({"500,'{\"code\":5000}'", "502,'<html>'", "401,'{\"code\":1002}'", "429,'{}'"})
    void a_look_that_was_not_answered_refutes_nothing_and_takes_turns_with_our_own_id(
            int status, String body) {
        for (int turns = 1; turns <= 5; turns++) {
            Task before = task;
            assertThat(lookup.call(before).url()).endsWith("/text2video/said");
            notAnswered(status, body);
            assertThat(lookup.call(task).url()).endsWith("/text2video/" + before.externalId());
            notAnswered(status, body);
        }

        callbacks.heard(task.id(), token, "other");
        assertThat(lookup.call(task).url()).endsWith("/text2video/other");
    }

    private void notAnswered(int status, String body) {
        lookup.park(task, found(status, Answer.bytes(body)));
        test.later(Duration.ofHours(1));
        task = test.claim(UNCERTAIN);
    }

    @Test
    void what_is_said_while_it_is_looked_up_by_our_id_is_not_judged_by_that_answer() {
        callbacks.refuted(task, "said");
        Call byOurs = lookup.call(task);
        callbacks.heard(task.id(), token, "late");

        Found unnamed = lookup.found(byOurs, 200, Answer.task("t", "processing", null));
        assertThat(unnamed.proof()).isEqualTo(Proof.UNNAMED);
        lookup.park(task, lookup.found(byOurs, 400, Answer.error("1201", "Task not found")));

        assertThat(lookup.call(test.claim(UNCERTAIN)).url()).endsWith("/text2video/late");
    }

    @Test
    void a_name_that_was_said_cannot_change_what_is_asked() {
        callbacks.refuted(task, "said");
        callbacks.heard(task.id(), token, "../x?{{env:COMETAPI_KEY}}#");

        assertThat(lookup.call(task).url())
                .endsWith("/text2video/..%2Fx%3F%7B%7Benv%3ACOMETAPI_KEY%7D%7D%23");
    }

    @Test
    void no_reply_brings_the_secret_of_a_callback_into_our_texts() {
        String secret = CallbackToken.fresh().secret();
        for (String text :
                new String[] {
                    "{\"code\":1201,\"message\":\"bad callback_url https://h/kling/callbacks/%s\"}",
                    "{\"error\":{\"message\":\"https:%%2F%%2Fh%%2Fkling%%2Fcallbacks%%2F%s\"}}",
                    "<p>https://h/kling/callbacks/%s</p>",
                    "\"https:\\/\\/h\\/kling\\/callbacks\\/%s\"",
                    "{\"code\":0,\"data\":{\"task_status_msg\":\"/kling/callbacks/%s\"}}"
                }) {
            Reply reply = Reply.read(400, Answer.bytes(text.formatted(secret)));

            assertThat(reply.toString()).as(text).contains("callbacks").doesNotContain(secret);
        }
        assertThat(
                        new Call(task, "https://h/", "{\"callback_url\":\"" + secret + "\"}", null)
                                .toString())
                .doesNotContain(secret);
    }
}
