package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.provider.Lookup.Found;
import dev.klingroutes.provider.Lookup.Proof;
import dev.klingroutes.task.Ledger;
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
class LookupTest {
    private static final byte[] NOT_FOUND = Answer.error("1201", "Task not found");

    private final TestLedger test;
    private final Lookup lookup;
    private final Task task;

    LookupTest(TestLedger.On on) {
        test = TestLedger.on(on);
        lookup = new Lookup(test.ledger());
        task = test.claimed(UNCERTAIN);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void it_is_asked_for_by_our_id_where_it_was_sent() {
        assertThat(lookup.call(task).url())
                .isEqualTo(TestLedger.ADDRESS + "/kling/v1/videos/text2video/" + task.externalId());
        assertThat(lookup.control(task).url()).doesNotContain(task.externalId());
    }

    @Test
    void a_task_that_bears_our_id_is_ours() {
        assertThat(proof(200, Answer.task("t", "processing", task.externalId())))
                .isEqualTo(Proof.OURS);
    }

    @Test
    void a_task_that_bears_another_id_is_not() {
        assertThat(proof(200, Answer.task("t", "processing", "a stranger's")))
                .isEqualTo(Proof.NOTHING);
    }

    @Test
    void a_task_without_a_name_needs_the_control() {
        assertThat(proof(200, Answer.task("t", "processing", null))).isEqualTo(Proof.UNNAMED);
    }

    @ParameterizedTest
    @CsvSource({
        "400,'{\"code\":1201,\"message\":\"Task not found\"}'",
        "404,'{\"code\":1203}'",
        "200,'{\"code\":1201}'",
        "200,'{\"code\":0,\"data\":{}}'",
        "200,'{\"code\":0,\"data\":{\"task_id\":\"t\"}}'",
        "200,'<html>'",
        "500,'{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"submitted\"}}'"
    })
    void anything_else_proves_nothing(int status, String body) {
        assertThat(proof(status, Answer.bytes(body))).isEqualTo(Proof.NOTHING);
    }

    @ParameterizedTest
    @CsvSource({
        "400,'{\"code\":1201,\"message\":\"Task not found\"}',OURS",
        "404,'{\"code\":1203}',OURS",
        "200,'{\"code\":0,\"data\":null}',OURS",
        // it finds anything
        "200,'{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"submitted\"}}',NOTHING",
        // it did not look
        "401,'{\"code\":1002}',NOTHING",
        "403,'{\"error\":{\"message\":\"no\"}}',NOTHING",
        "429,'{\"code\":1302}',NOTHING",
        "301,'{}',NOTHING",
        "500,'{\"code\":5000}',NOTHING",
        "404,'<html>',NOTHING",
        "200,'',NOTHING"
    })
    void an_unnamed_task_is_ours_only_if_one_that_was_never_sent_is_not_found(
            int status, String control, Proof proof) {
        Found unnamed = lookup.found(lookup.call(task), 200, Answer.task("t", "processing", null));

        Found controlled = lookup.controlled(unnamed, status, Answer.bytes(control));

        assertThat(controlled.proof()).isEqualTo(proof);
        assertThat(controlled.reply().taskId()).isEqualTo("t");
    }

    @Test
    void a_task_whose_id_was_learned_is_asked_for_by_that_id() {
        test.ledger().learned(task, "t-1");
        Task learned = test.find(task);

        assertThat(lookup.call(learned).url()).endsWith("/text2video/t-1");
        assertThat(
                        lookup.found(
                                        lookup.call(learned),
                                        200,
                                        Answer.task("t-1", "processing", null))
                                .ours())
                .isTrue();
        assertThat(
                        lookup.found(
                                        lookup.call(learned),
                                        200,
                                        Answer.task("t-2", "processing", null))
                                .ours())
                .isFalse();
        assertThat(
                        lookup.found(
                                        lookup.call(learned),
                                        200,
                                        Answer.task("t-1", "processing", "other"))
                                .ours())
                .isFalse();
    }

    @Test
    void a_name_that_was_learned_is_asked_for_at_once_however_long_it_was_looked_up() {
        lookup.park(task, lookup.found(lookup.call(task), 400, NOT_FOUND));
        test.ledger().learned(task, "t-1");

        assertThat(lookup.call(test.claim(UNCERTAIN)).url()).endsWith("/t-1");
    }

    @Test
    void a_name_that_was_learned_while_it_was_looked_up_is_asked_for_after_that() {
        test.ledger().learned(task, "t-1");

        lookup.park(task, lookup.found(lookup.call(task), 400, NOT_FOUND));

        assertThat(test.find(task).taskId()).isEqualTo("t-1");
        test.claim(UNCERTAIN);
    }

    @Test
    void it_is_asked_for_by_both_ids_in_turn_since_who_named_it_may_be_wrong() {
        test.ledger().learned(task, "t-1");
        Task learned = test.find(task);
        lookup.park(learned, lookup.found(lookup.call(learned), 400, NOT_FOUND));

        assertThat(lookup.call(test.find(task)).url()).endsWith("/" + task.externalId());
    }

    @Test
    void a_create_that_was_cut_off_had_no_answer() {
        Task cut = test.claimed(SUBMITTING);

        lookup.adopt(
                cut,
                lookup.found(
                        lookup.call(cut), 200, Answer.task("t", "processing", cut.externalId())));

        assertThat(test.find(cut).decision().verdict()).isEqualTo("no-answer");
    }

    @Test
    void what_is_ours_is_watched_at_once() {
        Found found =
                lookup.found(
                        lookup.call(task),
                        200,
                        Answer.task("t-1", "processing", task.externalId()));

        assertThat(lookup.adopt(task, found)).contains("t-1");

        Task adopted = test.claim(SUBMITTED);
        assertThat(adopted.taskId()).isEqualTo("t-1");
        assertThat(adopted.times().submitted()).isNotNull();
        assertThat(test.column("in_flight_until", task)).isNotNull();
    }

    @Test
    void what_was_found_is_not_forgotten_if_the_claim_was_lost() {
        test.later(test.ledger().lease());
        test.claim(UNCERTAIN);
        Found found =
                lookup.found(
                        lookup.call(task),
                        200,
                        Answer.task("t-1", "processing", task.externalId()));

        assertThat(lookup.adopt(task, found)).isNull();

        assertThat(test.find(task).taskId()).isEqualTo("t-1");
        assertThat(test.find(task).state()).isEqualTo(UNCERTAIN);
    }

    @Test
    void a_create_that_was_cut_off_and_is_not_found_is_unclear() {
        Task cut = test.claimed(SUBMITTING);

        String told = lookup.park(cut, lookup.found(lookup.call(cut), 400, NOT_FOUND));

        assertThat(told).contains("may have been created");
        Task parked = test.find(cut);
        assertThat(parked.state()).isEqualTo(UNCERTAIN);
        assertThat(parked.report()).isEqualTo("write");
        assertThat(parked.message()).contains("cut off").contains("Task not found");
    }

    @Test
    void an_unclear_task_is_looked_up_ever_more_rarely_and_never_given_up() {
        Task unclear = task;
        Duration gap = Duration.ZERO;
        for (int lookups = 1; lookups <= 10; lookups++) {
            assertThat(lookup.park(unclear, lookup.found(lookup.call(unclear), 400, NOT_FOUND)))
                    .isNull();
            Duration next = test.untilDue(unclear);
            assertThat(next).isLessThanOrEqualTo(Ledger.LONGEST_WAIT);
            if (gap.compareTo(Duration.ofMinutes(5)) < 0) {
                assertThat(next).isGreaterThan(gap);
            }
            gap = next;
            test.later(Ledger.LONGEST_WAIT);
            unclear = test.claim(UNCERTAIN);
        }
        assertThat(gap).isGreaterThan(Duration.ofMinutes(59));
    }

    private Proof proof(int status, byte[] body) {
        return lookup.found(lookup.call(task), status, body).proof();
    }
}
