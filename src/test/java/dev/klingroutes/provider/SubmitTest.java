package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class SubmitTest {
    private static final byte[] EXISTS = Answer.error("1201", "external_task_id already exists");

    private final TestLedger test;
    private final Gate gate;
    private final Submit submit;

    SubmitTest(TestLedger.On on) {
        test = TestLedger.on(on);
        gate = test.gate();
        submit = submit("1KB", gate);
    }

    private Submit submit(String minFree, Gate gate) {
        return new Submit(
                test.ledger(),
                gate,
                test.space(minFree),
                new Models(test.settings()),
                new FolderBudgets(test.settings()),
                test.settings(),
                new News());
    }

    @AfterEach
    void close() {
        test.close();
    }

    private String answered(Task task, int httpStatus, byte[] body) {
        return submit.answered(new Call(task, "", "{}", null), httpStatus, body);
    }

    @Test
    void submitting_is_written_with_our_id_before_the_call_is_made() {
        Task task = test.claimed(ACCEPTED);

        Call call = submit.begin(task);

        assertThat(call.url()).isEqualTo(TestLedger.ADDRESS + "/kling/v1/videos/text2video");
        assertThat(Json.map(call.body()))
                .containsEntry("prompt", "a cat")
                .containsEntry("external_task_id", task.externalId());
        assertThat(call.task().state()).isEqualTo(SUBMITTING);
        assertThat(state(task)).isEqualTo(SUBMITTING);
    }

    @Test
    void nothing_is_sent_while_all_slots_are_taken() {
        for (int i = 0; i < 5; i++) {
            test.claimed(SUBMITTING);
        }
        Task task = test.claimed(ACCEPTED);

        assertThat(submit.begin(task)).isNull();

        assertThat(state(task)).isEqualTo(ACCEPTED);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void nothing_is_sent_while_the_ledger_has_no_room() {
        Task task = test.claimed(ACCEPTED);

        assertThat(submit("999999TB", gate).begin(task)).isNull();

        assertThat(state(task)).isEqualTo(ACCEPTED);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void what_was_accepted_for_another_address_is_sent_to_none_and_stops_no_other() {
        Task other = test.claimed(ACCEPTED);
        test.sql("update kling_task set address = 'https://elsewhere.test'");
        other = test.find(other);

        assertThat(submit.begin(other)).isNull();

        assertThat(state(other)).isEqualTo(ACCEPTED);
        assertThat(test.untilDue(other)).isGreaterThan(Duration.ofMinutes(9));
        assertThat(test.find(other).report()).isEqualTo("write");
        assertThat(test.find(other).message()).contains("https://elsewhere.test", "Set it back");
        assertThat(submit.begin(test.claimed(ACCEPTED))).isNotNull();
    }

    @Test
    void nothing_is_sent_by_who_lost_the_claim() {
        Task task = test.claimed(ACCEPTED);
        test.later(test.ledger().lease());
        Task taken = test.claim(ACCEPTED);

        assertThat(submit.begin(task)).isNull();
        assertThat(test.find(task)).isEqualTo(taken);
    }

    /** The disk was so slow; what was never sent must not be looked up for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_would_be_sent_too_late_is_not_sent_and_goes_back(boolean lookedUpMeanwhile) {
        Task task = test.claimed(ACCEPTED);
        AtomicLong seconds = new AtomicLong();
        Gate slow =
                test.gate(
                        () -> {
                            if (seconds.addAndGet(6) > 6 && lookedUpMeanwhile) {
                                lookedUpInVain();
                            }
                            return Duration.ofSeconds(seconds.get()).toNanos();
                        });

        assertThat(submit("1KB", slow).begin(task)).isNull();

        assertThat(state(task)).isEqualTo(ACCEPTED);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(test.find(task).mayHaveBeenBought()).isFalse();
        assertThat(gate.room()).isEqualTo(5);
        assertThat(test.find(task).report()).isEqualTo(lookedUpMeanwhile ? "remove" : null);
    }

    /** By one whose clock says that the claim is over. */
    private Task lookedUpInVain() {
        // not by time that passes: the times of the call stay as they are
        test.sql("update kling_task set due_at = 0");
        Task taken = test.claim(SUBMITTING);
        test.ledger().write(taken, Submit.unanswered("the create call was cut off"));
        return taken;
    }

    /** By a clock that jumped, or a machine that slept; a look-up has parked it meanwhile. */
    @ParameterizedTest
    @CsvSource({"1303, ACCEPTED", "1302, ACCEPTED", "1102, ACCEPTED", "1301, FAILED"})
    void that_it_was_not_created_counts_though_the_claim_was_lost(String code, TaskState state) {
        Task task = test.claimed(SUBMITTING);
        Task taken = lookedUpInVain();

        answered(task, 400, Answer.error(code, "no"));

        assertThat(state(task)).isEqualTo(state);
        assertThat(test.find(task).report()).isEqualTo(state == FAILED ? "write" : "remove");
        assertThat(test.ledger().write(taken.in(UNCERTAIN), Move.again(Duration.ZERO))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void an_answer_that_is_about_another_task_makes_this_one_unclear(int status) {
        Task task = test.claimed(SUBMITTING);

        String told = answered(task, status, Answer.task("t-dog", "submitted", "another"));

        assertThat(told).contains("may have been created");
        Task unclear = test.find(task);
        assertThat(unclear.state()).isEqualTo(UNCERTAIN);
        assertThat(unclear.taskId()).isNull();
        assertThat(unclear.mayHaveBeenBought()).isTrue();
    }

    @Test
    void it_counts_no_more_once_somebody_has_settled_it() {
        Task task = test.claimed(SUBMITTING);
        test.later(test.ledger().lease());
        Task taken = test.claim(SUBMITTING);
        test.ledger().write(taken, Move.to(SUBMITTED).taskId("t-1"));

        answered(task, 400, Answer.error("1301", "no"));

        assertThat(state(task)).isEqualTo(SUBMITTED);
    }

    @Test
    void it_counts_no_more_once_it_was_sent_once_more() {
        Task task = test.claimed(SUBMITTING);
        test.later(test.ledger().lease());
        Task taken = test.claim(SUBMITTING);
        test.ledger().write(taken, Submit.unanswered("the create call was cut off"));
        test.sql("update kling_task set resent_at = 1");

        answered(task, 400, Answer.error("1301", "no"));

        assertThat(state(task)).isEqualTo(UNCERTAIN);
    }

    @Test
    void a_created_task_is_looked_at_after_a_while() {
        Task task = test.claimed(SUBMITTING);

        String told = answered(task, 200, Answer.task("t-1", "submitted", task.externalId()));

        assertThat(told).isEqualTo("submitted, the provider calls it t-1");
        assertThat(test.find(task).taskId()).isEqualTo("t-1");
        assertThat(test.find(task).requestId()).isEqualTo("r-1");
        assertThat(state(task)).isEqualTo(SUBMITTED);
        assertThat(test.untilDue(task)).isBetween(Duration.ZERO, Duration.ofSeconds(10));
    }

    @Test
    void a_created_task_is_not_forgotten_if_the_claim_was_lost() {
        Task task = test.claimed(SUBMITTING);
        test.later(test.ledger().lease());
        test.ledger().write(test.claim(SUBMITTING), Move.to(UNCERTAIN).due(Duration.ofHours(1)));

        answered(task, 200, Answer.task("t-1", "submitted", null));

        assertThat(test.find(task).taskId()).isEqualTo("t-1");
        assertThat(test.claim(UNCERTAIN).id()).isEqualTo(task.id());
    }

    @Test
    void a_task_that_failed_at_once_says_why() {
        Task task = test.claimed(SUBMITTING);

        answered(task, 200, Answer.task("t-1", "failed", null));

        Task failed = test.find(task);
        assertThat(failed.state()).isEqualTo(FAILED);
        assertThat(failed.taskId()).isEqualTo("t-1");
        assertThat(failed.message()).isEqualTo("no luck");
        assertThat(failed.deduction()).isEqualTo("3");
        assertThat(failed.report()).isEqualTo("write");
        assertThat(test.column("in_flight_until", task)).isNull();
    }

    @Test
    void a_refused_task_fails_with_the_words_of_the_provider() {
        Task task = test.claimed(SUBMITTING);

        String told = answered(task, 400, Answer.error("1301", "risk control"));

        assertThat(told)
                .isEqualTo(
                        "refused, nothing was bought: HTTP 400, code 1301, risk control, request r-2");
        Task failed = test.find(task);
        assertThat(failed.state()).isEqualTo(FAILED);
        assertThat(failed.code()).isEqualTo("1301");
        assertThat(failed.message()).isEqualTo("risk control");
        assertThat(failed.requestId()).isEqualTo("r-2");
        assertThat(failed.report()).isEqualTo("write");
        assertThat(test.column("in_flight_until", task)).isNull();
    }

    @Test
    void a_secret_that_the_provider_repeats_alone_is_not_told() {
        Task task = test.claimed(SUBMITTING);
        String secret = CallbackToken.fresh().secret();
        String sent = "{\"callback_url\":\"https://h/kling/callbacks/" + secret + "\"}";

        String told =
                submit.answered(
                        new Call(task, "", sent, null),
                        400,
                        Answer.error("1201", "bad token " + secret));

        assertThat(told).contains("bad token").doesNotContain(secret);
        assertThat(test.find(task).message()).contains("bad token").doesNotContain(secret);
    }

    @Test
    void an_unclear_answer_is_looked_up_and_never_sent_again() {
        Task task = test.claimed(SUBMITTING);

        answered(task, 502, Answer.bytes("<html>bad gateway</html>"));

        Task unclear = test.find(task);
        assertThat(unclear.state()).isEqualTo(UNCERTAIN);
        assertThat(unclear.report()).isEqualTo("write");
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(test.column("in_flight_until", task)).as("it may run").isNotNull();
    }

    @Test
    void an_id_that_exists_already_is_looked_up() {
        Task task = test.claimed(SUBMITTING);

        String told = answered(task, 400, EXISTS);

        assertThat(told).startsWith("was created already, it is looked up: HTTP 400, code 1201");
        assertThat(state(task)).isEqualTo(UNCERTAIN);
        assertThat(test.find(task).decision().verdict()).isEqualTo("exists");
        assertThat(test.column("bought_day", task)).isNotNull();
    }

    @Test
    void a_task_that_an_unclear_answer_names_is_looked_up_by_that_name() {
        Task task = test.claimed(SUBMITTING);

        answered(task, 500, Answer.task("t-1", "submitted", null));

        assertThat(state(task)).isEqualTo(UNCERTAIN);
        assertThat(test.find(task).taskId()).isEqualTo("t-1");
    }

    @Test
    void who_lost_the_claim_tells_nothing_and_forgets_no_name() {
        Task task = test.claimed(SUBMITTING);
        test.later(test.ledger().lease());
        test.ledger().write(test.claim(SUBMITTING), Move.to(UNCERTAIN).due(Duration.ofHours(1)));
        Task before = test.find(task);

        assertThat(answered(task, 400, EXISTS)).isNull();
        assertThat(answered(task, 502, Answer.bytes(""))).isNull();
        assertThat(test.find(task)).isEqualTo(before);

        assertThat(answered(task, 500, Answer.task("t-1", "submitted", null))).isNull();
        assertThat(test.find(task).taskId()).isEqualTo("t-1");
        assertThat(answered(task, 200, Answer.task("t-1", "submitted", null))).isNull();
        assertThat(state(task)).isEqualTo(UNCERTAIN);
    }

    @Test
    void a_page_where_an_answer_should_be_stops_what_would_go_astray_as_well() {
        Task task = test.claimed(SUBMITTING);

        String told = answered(task, 200, Answer.bytes("<!DOCTYPE html><p>a site"));

        assertThat(told).contains("may have been created").contains("check kling.api.url");
        assertThat(state(task)).isEqualTo(UNCERTAIN);
        assertThat(gate.room()).isZero();
    }

    @Test
    void a_page_of_a_gateway_in_trouble_stops_nothing() {
        answered(test.claimed(SUBMITTING), 502, Answer.bytes("<html>bad gateway"));

        assertThat(gate.room()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"429,1302", "429,1303", "429,1102", "400,1301"})
    void what_was_sent_once_more_and_not_taken_may_have_been_created_before(
            int status, String code) {
        Task task = resent();

        answered(task, status, Answer.error(code, "no"));

        Task unclear = test.find(task);
        assertThat(unclear.state()).isEqualTo(UNCERTAIN);
        assertThat(unclear.decision().code()).isEqualTo(code);
        assertThat(unclear.mayHaveBeenBought()).isTrue();
        assertThat(test.column("in_flight_until", task)).isNotNull();
        // a refusal is final, anything else is no answer to whether it exists
        assertThat(unclear.times().resent() == null).isEqualTo(!code.equals("1301"));
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void what_was_sent_once_more_and_is_unclear_again_stays_so() {
        Task task = resent();

        answered(task, 502, Answer.bytes(""));

        assertThat(state(task)).isEqualTo(UNCERTAIN);
        assertThat(test.find(task).times().resent()).isNotNull();
    }

    @Test
    void what_was_sent_once_more_and_created_is_watched() {
        Task task = resent();

        assertThat(answered(task, 200, Answer.task("t-1", "submitted", null)))
                .isEqualTo("submitted, the provider calls it t-1");

        assertThat(state(task)).isEqualTo(SUBMITTED);
        assertThat(test.find(task).decision().verdict()).isEqualTo("created");
    }

    private Task resent() {
        Task task = test.claimed(UNCERTAIN);
        return gate.resend(task, null).orElseThrow().task();
    }

    @Test
    void a_prompt_that_is_refused_and_one_that_comes_too_fast_open_no_account() {
        Task refused = test.claimed(SUBMITTING);
        Task fast = test.claimed(SUBMITTING);
        gate.closed("1102", "pack used up");

        answered(refused, 400, Answer.error("1301", "risk control"));
        assertThat(gate.room()).as("another may try at once").isEqualTo(1);
        assertThat(submit.begin(test.claimed(ACCEPTED))).isNotNull();
        assertThat(gate.room()).isZero();
        answered(fast, 429, Answer.error("1302", "slow down"));
        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void an_account_that_is_full_is_open_again() {
        Task probe = test.claimed(SUBMITTING);
        gate.closed("1102", "pack used up");

        assertThat(answered(probe, 429, Answer.error("1303", "parallel task")))
                .startsWith("the account is open again; ");

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void too_many_requests_come_again_with_growing_gaps() {
        Task task = test.claimed(SUBMITTING);

        assertThat(answered(task, 429, Answer.error("1302", "slow down"))).isNull();

        Task later = test.find(task);
        assertThat(later.state()).isEqualTo(ACCEPTED);
        assertThat(later.failures()).isEqualTo(1);
        assertThat(later.code()).isEqualTo("1302");
        assertThat(later.report()).isNull();
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(test.column("in_flight_until", task)).isNull();
        assertThat(gate.room()).isEqualTo(5);
    }

    @Test
    void too_many_tasks_lower_the_limit() {
        test.claimed(SUBMITTING);
        test.claimed(SUBMITTING);
        Task task = test.claimed(SUBMITTING);

        answered(task, 429, Answer.error("1303", "parallel task over resource pack limit"));

        assertThat(state(task)).isEqualTo(ACCEPTED);
        assertThat(gate.room()).isZero();
    }

    @Test
    void a_closed_account_is_told_once_and_every_task_waits() {
        Task first = test.claimed(SUBMITTING);
        Task second = test.claimed(SUBMITTING);

        assertThat(answered(first, 429, Answer.error("1102", "pack used up")))
                .contains("top it up")
                .contains("nothing is lost");
        assertThat(answered(second, 429, Answer.error("1102", "pack used up"))).isNull();

        assertThat(state(first)).isEqualTo(ACCEPTED);
        assertThat(state(second)).isEqualTo(ACCEPTED);
        assertThat(gate.room()).isZero();
        assertThat(submit.begin(test.claimed(ACCEPTED))).isNull();
    }

    @Test
    void a_created_task_opens_the_account_again() {
        Task probe = test.claimed(SUBMITTING);
        gate.closed("1102", "pack used up");

        assertThat(answered(probe, 200, Answer.task("t", "submitted", null)))
                .startsWith("the account is open again; ");

        assertThat(gate.room()).isPositive();
    }

    @Test
    void a_task_that_failed_at_once_opens_the_account_as_well() {
        Task probe = test.claimed(SUBMITTING);
        gate.closed("1102", "pack used up");

        answered(probe, 200, Answer.task("t", "failed", null));

        assertThat(gate.room()).isEqualTo(5);
    }

    private TaskState state(Task task) {
        return test.find(task).state();
    }
}
