package dev.klingroutes.failure;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.CANCELLED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.klingroutes.provider.NotSentForTest;
import dev.klingroutes.provider.Submit;
import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class TroubleTest {
    private static final Exception BROKEN = new IOException("reset by peer");

    private final TestLedger test;
    private final Trouble trouble;

    TroubleTest(TestLedger.On on) {
        test = TestLedger.on(on);
        trouble = new Trouble(test.ledger(), new News());
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void a_create_that_was_not_sent_goes_back() {
        Task task = test.claimed(SUBMITTING);

        trouble.happened(task, NotSentForTest.because("connection refused"));

        Task back = test.find(task);
        assertThat(back.state()).isEqualTo(ACCEPTED);
        assertThat(back.failures()).isEqualTo(1);
        assertThat(back.code()).isEqualTo("not-sent");
        assertThat(back.decision().verdict()).isEqualTo("not-sent");
        assertThat(back.mayHaveBeenBought()).isFalse();
        assertThat(back.message()).contains("connection refused");
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(test.column("in_flight_until", task)).isNull();
    }

    @Test
    void a_create_that_was_not_sent_goes_back_though_another_looks_for_it_already() {
        Task task = test.claimed(SUBMITTING);
        runsOut();
        Task anothers = test.claim(SUBMITTING);

        trouble.happened(task, NotSentForTest.because("the machine slept"));

        Task back = test.find(task);
        assertThat(back.state()).isEqualTo(ACCEPTED);
        assertThat(back.code()).isEqualTo("not-sent");
        assertThat(back.mayHaveBeenBought()).isFalse();
        assertThat(test.column("in_flight_until", task)).isNull();
        assertThat(test.ledger().write(anothers, Submit.unanswered("cut off")))
                .as("the other one finds it gone")
                .isFalse();
    }

    @Test
    void a_create_that_was_not_sent_goes_back_though_it_was_called_unclear() {
        Task task = test.claimed(SUBMITTING);
        runsOut();
        test.ledger().write(test.claim(SUBMITTING), Submit.unanswered("cut off"));

        trouble.happened(task, NotSentForTest.because("the machine slept"));

        assertThat(test.find(task).state()).isEqualTo(ACCEPTED);
        assertThat(test.find(task).mayHaveBeenBought()).isFalse();
        assertThat(test.find(task).report()).as("its error file goes").isEqualTo("remove");
    }

    @Test
    void any_other_trouble_of_one_who_lost_the_claim_changes_nothing() {
        Task task = test.claimed(SUBMITTING);
        runsOut();
        Task anothers = test.claim(SUBMITTING);

        trouble.happened(task, BROKEN);

        assertThat(test.find(task)).isEqualTo(anothers);
    }

    @Test
    void that_it_was_not_sent_says_nothing_about_what_became_of_it_since() throws Exception {
        Task task = test.claimed(SUBMITTING);
        new ByHand(test.ledger()).cancel(test.find(task));

        trouble.happened(task, NotSentForTest.because("the machine slept"));

        assertThat(test.find(task).state()).isEqualTo(CANCELLED);
    }

    /** Not by time that passes: the times of the call stay as they are. */
    private void runsOut() {
        test.sql("update kling_task set due_at = 0");
    }

    @Test
    void any_other_create_that_was_cut_off_is_unclear() {
        Task task = test.claimed(SUBMITTING);

        trouble.happened(task, BROKEN);

        Task unclear = test.find(task);
        assertThat(unclear.state()).isEqualTo(UNCERTAIN);
        assertThat(unclear.message()).isEqualTo("IOException: reset by peer");
        assertThat(unclear.decision().verdict()).isEqualTo("no-answer");
        assertThat(unclear.decision().message()).isEqualTo("IOException: reset by peer");
        assertThat(unclear.mayHaveBeenBought()).isTrue();
        assertThat(unclear.report()).isEqualTo("write");
        assertThat(test.column("in_flight_until", task)).isNotNull();
    }

    @Test
    void what_was_to_be_sent_once_more_and_was_not_stays_unclear_and_may_be_sent_later() {
        Task unclear = test.claimed(UNCERTAIN);
        Task task = test.gate().resend(unclear, null).orElseThrow().task();

        trouble.happened(unclear, NotSentForTest.because("connection refused"));

        Task back = test.find(task);
        assertThat(back.state()).isEqualTo(UNCERTAIN);
        assertThat(back.mayHaveBeenBought()).isTrue();
        assertThat(back.times().resent()).isNull();
        assertThat(back.decision().verdict()).isEqualTo("not-sent");
        assertThat(test.column("in_flight_until", task)).isNotNull();
    }

    @Test
    void what_was_sent_once_more_and_cut_off_is_not_sent_again() {
        Task unclear = test.claimed(UNCERTAIN);
        Task task = test.gate().resend(unclear, null).orElseThrow().task();

        trouble.happened(unclear, BROKEN);

        assertThat(test.find(task).state()).isEqualTo(UNCERTAIN);
        assertThat(test.find(task).times().resent()).isNotNull();
    }

    @Test
    void trouble_before_the_gate_leaves_a_task_accepted() {
        Task task = test.claimed(ACCEPTED);

        trouble.happened(task, BROKEN);

        assertThat(test.find(task).state()).isEqualTo(ACCEPTED);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void trouble_after_the_gate_counts_though_the_exchange_carries_the_task_as_it_was() {
        Task accepted = test.claimed(ACCEPTED);
        test.gate().pass(accepted, "{}", null, Map.of(), null);

        trouble.happened(accepted, BROKEN);

        assertThat(test.find(accepted).state()).isEqualTo(UNCERTAIN);
    }

    @Test
    void a_watched_task_stays_and_is_reported_when_it_happens_five_times() {
        assertThat(gaps(SUBMITTED, 12, 5)).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    }

    @Test
    void a_paid_task_stays_is_reported_at_once_and_tried_with_gaps_that_grow_to_five_minutes() {
        assertThat(gaps(SUCCEEDED, 16, 1)).isBetween(Duration.ZERO, Duration.ofMinutes(5));
    }

    private Duration gaps(TaskState state, int times, int reportedAfter) {
        Task task = test.claimed(state);
        Duration longest = Duration.ZERO;
        for (int failures = 1; failures <= times; failures++) {
            trouble.happened(task, BROKEN);

            Task now = test.find(task);
            assertThat(now.state()).isEqualTo(state);
            assertThat(now.failures()).isEqualTo(failures);
            assertThat(now.report()).isEqualTo(failures < reportedAfter ? null : "write");
            Duration gap = test.untilDue(task);
            assertThat(gap).isLessThanOrEqualTo(Duration.ofSeconds(2L << failures));
            longest = gap.compareTo(longest) > 0 ? gap : longest;
            test.later(Ledger.LONGEST_WAIT);
            task = test.claim(state);
        }
        return longest;
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void nothing_is_written_if_the_claim_has_moved_on(TaskState state) {
        Task task = test.claimed(state);
        test.sql("update kling_task set claim = claim + 1");
        Task before = test.find(task);

        trouble.happened(task, BROKEN);

        assertThat(test.find(task)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"DELIVERED", "FAILED", "CANCELLED"})
    void nothing_is_written_about_what_has_ended(TaskState state) {
        Task task = test.claimed(state);

        trouble.happened(task, BROKEN);

        assertThat(test.find(task)).isEqualTo(task);
        assertThat(test.untilDue(task)).isNull();
    }

    @Test
    void trouble_without_a_task_is_only_told() {
        assertThatCode(() -> trouble.happened(null, new Exception())).doesNotThrowAnyException();
    }

    @Test
    void what_was_released_before_the_trouble_stays_where_it_went() {
        Task task = test.claimed(SUBMITTING);
        test.ledger().write(task, Move.to(SUBMITTED).taskId("t"));

        trouble.happened(task, BROKEN);

        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
        assertThat(test.find(task).taskId()).isEqualTo("t");
    }
}
