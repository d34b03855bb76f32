package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.CANCELLED;
import static dev.klingroutes.task.TaskState.DELIVERED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.OVERDUE;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class LedgerTest {
    private static final Duration A_MOMENT = Duration.ofSeconds(20);

    private final TestLedger test;
    private final Ledger ledger;

    LedgerTest(TestLedger.On on) {
        test = TestLedger.on(on);
        ledger = test.ledger();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void only_what_is_due_is_claimed() {
        Task cat = test.claimed(ACCEPTED);
        ledger.write(cat, Move.again(Duration.ofMinutes(5)));

        assertThat(due(ACCEPTED)).isEmpty();

        test.later(Duration.ofMinutes(5));
        assertThat(due(ACCEPTED)).containsExactly(cat.id());
    }

    @Test
    void only_the_named_states_are_claimed() {
        Task unclear = test.claimed(UNCERTAIN);
        ledger.write(unclear, Move.again(Duration.ZERO));
        test.accept("cat");

        assertThat(due(SUBMITTED, OVERDUE, UNCERTAIN)).containsExactly(unclear.id());
    }

    @Test
    void no_more_than_the_limit_is_claimed_and_the_oldest_due_time_comes_first() {
        List<String> ids = ids(test.accept(numbered(20)));
        test.sql("update kling_task set due_at = due_at - 100000 where stem = 'prompt-19'");

        assertThat(ledger.claim(EnumSet.of(ACCEPTED), 4))
                .extracting(Task::id)
                .containsExactly(ids.get(19), ids.get(0), ids.get(1), ids.get(2));
        assertThat(ledger.claim(EnumSet.of(ACCEPTED), 0)).isEmpty();
    }

    @Test
    void while_creates_are_held_back_what_was_tried_least_comes_first() {
        List<String> ids = ids(test.accept(numbered(5)));
        test.sql(
                "update kling_task set failures = 3, due_at = due_at - 100000 where drop_index < 4");

        assertThat(ledger.claimLeastTried(1)).extracting(Task::id).containsExactly(ids.get(4));
        assertThat(ledger.claimLeastTried(0)).isEmpty();
    }

    @Test
    void and_what_waits_for_something_else_than_the_provider_comes_last() {
        List<String> ids = ids(test.accept(numbered(3)));
        test.sql("update kling_task set code = 'budget' where drop_index = 0");
        test.sql("update kling_task set code = 'other-address' where drop_index = 1");
        test.sql("update kling_task set failures = 3 where drop_index = 2");

        assertThat(ledger.claimLeastTried(9))
                .extracting(Task::id)
                .containsExactly(ids.get(2), ids.get(0), ids.get(1));
    }

    @Test
    void a_claim_raises_the_number_and_holds_for_a_lease() {
        Task first = test.claimed(ACCEPTED);
        assertThat(first.claim()).isEqualTo(1);
        assertThat(test.untilDue(first)).isBetween(ledger.lease().minus(A_MOMENT), ledger.lease());
        assertThat(due(ACCEPTED)).isEmpty();

        test.later(ledger.lease());
        assertThat(test.claim(ACCEPTED).claim()).isEqualTo(2);
    }

    @Test
    void a_look_that_was_late_keeps_the_rhythm() {
        Task late = dueFor(Duration.ofSeconds(3));

        ledger.write(late, Move.again(Duration.ofSeconds(10)).rhythmically());

        Duration rest = Duration.ofSeconds(7);
        assertThat(test.untilDue(late)).isBetween(rest.minus(A_MOMENT), rest);
    }

    @Test
    void a_look_that_missed_its_next_turn_waits_for_a_whole_one() {
        Task late = dueFor(Duration.ofSeconds(30));

        ledger.write(late, Move.again(Duration.ofSeconds(10)).rhythmically());

        Duration whole = Duration.ofSeconds(10);
        assertThat(test.untilDue(late)).isBetween(whole.minus(A_MOMENT), whole);
    }

    private Task dueFor(Duration time) {
        ledger.write(test.claimed(SUBMITTED), Move.again(Duration.ZERO));
        test.later(time);
        return test.claim(SUBMITTED);
    }

    @Test
    void the_lease_outlasts_the_longest_create() {
        assertThat(ledger.lease()).isGreaterThan(test.settings().duration("kling.submit.deadline"));
    }

    @Test
    void two_claimers_at_once_never_get_the_same_task() {
        test.accept(numbered(400));
        List<Ledger> nodes = List.of(ledger, test.another());

        List<List<Task>> got = Race.of(8, worker -> drain(nodes.get(worker % nodes.size())));

        assertThat(got.stream().flatMap(List::stream))
                .hasSize(400)
                .extracting(Task::id)
                .doesNotHaveDuplicates();
        assertThat(got.stream().flatMap(List::stream)).extracting(Task::claim).containsOnly(1L);
    }

    @Test
    void a_claim_that_was_lost_writes_nothing() {
        Task old = test.claimed(SUBMITTED, "cat");
        test.later(ledger.lease());
        Task taken = test.claim(SUBMITTED);

        assertThat(ledger.write(old, Move.to(FAILED).told("1", "late", null))).isFalse();
        assertThat(ledger.write(old, Move.again(Duration.ZERO))).isFalse();
        assertThat(ledger.write(old, Move.to(SUCCEEDED).videos(List.of(video())))).isFalse();
        assertThat(ledger.renew(old)).isFalse();
        assertThat(ledger.trying(old)).isNull();
        assertThat(ledger.verified(old, List.of(video()))).isFalse();

        assertThat(test.find(taken)).isEqualTo(taken);
        assertThat(test.value(Integer.class, "select count(*) from kling_video")).isZero();
        assertThat(ledger.write(taken, Move.again(Duration.ZERO))).isTrue();
    }

    @Test
    void a_holder_whose_task_changed_its_state_writes_nothing() {
        Task submitted = test.claimed(SUBMITTED);
        ledger.write(submitted, Move.to(CANCELLED));

        assertThat(ledger.write(submitted, Move.to(SUCCEEDED))).isFalse();
        assertThat(ledger.renew(submitted)).isFalse();
        assertThat(test.find(submitted).state()).isEqualTo(CANCELLED);
    }

    @Test
    void a_renewed_claim_holds_for_another_lease() {
        Task task = test.claimed(SUCCEEDED);
        test.later(ledger.lease().minusSeconds(1));

        assertThat(ledger.renew(task)).isTrue();

        test.later(Duration.ofSeconds(2));
        assertThat(due(SUCCEEDED)).isEmpty();
        assertThat(test.untilDue(task)).isPositive();
    }

    @Test
    void a_try_is_counted_and_holds_the_claim() {
        Task task = test.claimed(SUCCEEDED);
        test.later(ledger.lease().minusSeconds(1));

        assertThat(ledger.trying(task).tries()).isEqualTo(1);

        assertThat(test.find(task).tries()).isEqualTo(1);
        assertThat(test.untilDue(task)).isGreaterThan(ledger.lease().minusSeconds(5));
    }

    @Test
    void what_was_given_back_cannot_be_renewed() {
        Task task = test.claimed(SUCCEEDED);
        ledger.write(task, Move.again(Duration.ofMinutes(1)));

        assertThat(ledger.renew(task)).isFalse();
        assertThat(ledger.verified(task, List.of(video()))).isFalse();
    }

    @Test
    void what_was_verified_is_stored_and_the_claim_is_kept() {
        Task task = test.claimed(SUCCEEDED);
        Video verified = video().verified("cat.mp4", 5_000_000_000L, "ab12");

        assertThat(ledger.verified(task, List.of(verified))).isTrue();

        assertThat(test.find(task).videos()).containsExactly(verified);
        assertThat(ledger.write(task, Move.to(DELIVERED))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void a_forbidden_arrow_throws_and_writes_nothing(TaskState from) {
        Task task = test.claimed(from);

        for (TaskState to : EnumSet.complementOf(EnumSet.copyOf(withSelf(from)))) {
            assertThatThrownBy(() -> ledger.write(task, Move.to(to)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(from + " to " + to);
        }
        assertThat(test.find(task)).isEqualTo(task);
    }

    private static Set<TaskState> withSelf(TaskState state) {
        Set<TaskState> all = EnumSet.of(state);
        all.addAll(state.next());
        return all;
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void every_listed_arrow_is_written(TaskState from) {
        for (TaskState to : from.next()) {
            Task task = test.claimed(from);
            if (from.ended()) {
                // by a person
                test.sql("update kling_task set claimed = 1 where id = '" + task.id() + "'");
            }
            assertThat(ledger.write(task, Move.to(to))).as(from + " → " + to).isTrue();
            assertThat(test.find(task).state()).isEqualTo(to);
            test.sql("update kling_task set due_at = null where id = '" + task.id() + "'");
        }
    }

    @Test
    void the_times_of_its_states_are_kept() {
        Task task = test.claimed(DELIVERED);

        Task.Times times = task.times();
        assertThat(
                        List.of(
                                times.accepted(),
                                times.submitting(),
                                times.submitted(),
                                times.succeeded(),
                                times.ended()))
                .isSorted()
                .allSatisfy(time -> assertThat(time).isCloseTo(test.now(), within()));
        assertThat(test.claimed(FAILED).times().ended()).isNotNull();
        assertThat(test.claimed(CANCELLED).times().ended()).isNotNull();
    }

    private static org.assertj.core.data.Offset<Long> within() {
        return org.assertj.core.data.Offset.offset(A_MOMENT.toMillis());
    }

    @Test
    void a_task_that_is_watched_again_keeps_the_time_it_was_submitted() {
        Task task = test.claimed(OVERDUE);
        Long submitted = task.times().submitted();
        test.later(Duration.ofHours(2));

        ledger.write(task, Move.to(SUBMITTED));

        assertThat(test.find(task).times().submitted())
                .isLessThan(test.now() - Duration.ofHours(1).toMillis())
                .isLessThanOrEqualTo(submitted);
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"SUCCEEDED", "FAILED"})
    void an_ended_rendering_frees_its_slot(TaskState state) {
        assertThat(test.column("in_flight_until", test.claimed(SUBMITTED))).isNotNull();
        assertThat(test.column("in_flight_until", test.claimed(UNCERTAIN))).isNotNull();
        assertThat(test.column("in_flight_until", test.claimed(state))).isNull();
    }

    @Test
    void a_task_that_was_not_created_frees_its_slot() {
        Task task = test.claimed(SUBMITTING);
        assertThat(test.until("in_flight_until", task))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));

        ledger.write(task, Move.to(ACCEPTED));

        assertThat(test.column("in_flight_until", task)).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"DELIVERED", "FAILED", "CANCELLED"})
    void what_has_ended_is_never_due_again(TaskState state) {
        Task task = test.claimed(state);

        assertThat(test.column("due_at", task)).isNull();
        assertThat(test.column("claimed", task)).isZero();
    }

    @Test
    void a_state_begins_with_no_failures() {
        Task task = test.claimed(SUBMITTED);
        ledger.write(task, Move.again(Duration.ZERO).failures(3));
        Task failing = test.claim(SUBMITTED);
        assertThat(failing.failures()).isEqualTo(3);

        ledger.write(failing, Move.to(SUCCEEDED));

        assertThat(test.find(task).failures()).isZero();
    }

    @Test
    void everything_a_step_learned_is_read_again() {
        Task task = test.claimed(SUBMITTED);
        Video first = Video.linked(1, "v-1", "https://cdn.test/1", "5.042");
        Video second = Video.linked(2, null, "https://cdn.test/2", null);

        ledger.write(
                task,
                Move.to(SUCCEEDED)
                        .told("0", "SUCCEED", "r-1")
                        .deduction("3")
                        .looks(7)
                        .missingSince(5L)
                        .videos(List.of(first, second)));

        Task read = test.find(task);
        assertThat(read.code()).isEqualTo("0");
        assertThat(read.message()).isEqualTo("SUCCEED");
        assertThat(read.requestId()).isEqualTo("r-1");
        assertThat(read.deduction()).isEqualTo("3");
        assertThat(read.looks()).isEqualTo(7);
        assertThat(read.missingSince()).isEqualTo(5L);
        assertThat(read.videos()).containsExactly(first, second);
        assertThat(test.claim(SUCCEEDED).videos()).containsExactly(first, second);
    }

    @Test
    void what_the_provider_said_can_be_taken_back() {
        Task task = test.claimed(SUBMITTED);
        ledger.write(task, Move.again(Duration.ZERO).told("1", "trouble", "r").missingSince(1L));
        ledger.write(
                test.claim(SUBMITTED),
                Move.again(Duration.ZERO).told(null, null, null).missingSince(null));

        Task read = test.find(task);
        assertThat(read.code()).isNull();
        assertThat(read.message()).isNull();
        assertThat(read.missingSince()).isNull();
    }

    @Test
    void no_words_of_the_provider_can_keep_a_task_from_being_written() {
        Task task = test.claimed(SUBMITTING);
        String foreign = "a\0b \ud800 c \ud83d\ude00";

        assertThat(ledger.write(task, Move.to(SUBMITTED).taskId("t").told("0", foreign, foreign)))
                .isTrue();

        assertThat(test.find(task).message()).startsWith("a").endsWith("c \ud83d\ude00");
    }

    @Test
    void fresh_links_replace_the_old_ones() {
        Task task = test.claimed(SUBMITTED);
        ledger.write(
                task,
                Move.to(SUCCEEDED).videos(List.of(video(), Video.linked(2, null, "b", null))));
        Video fresh = Video.linked(1, "v", "https://cdn.test/fresh", "5");

        ledger.write(test.claim(SUCCEEDED), Move.again(Duration.ZERO).videos(List.of(fresh)));

        assertThat(test.find(task).videos()).containsExactly(fresh);
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void a_task_id_that_was_learned_is_stored_whatever_the_state_says(TaskState state) {
        Task task = test.claimed(state);
        test.sql("update kling_task set task_id = null, claim = claim + 1");

        ledger.learned(task, "867283741759111202");

        assertThat(test.find(task).taskId()).isEqualTo("867283741759111202");
        assertThat(test.find(task).state()).isEqualTo(state == ACCEPTED ? UNCERTAIN : state);
    }

    @Test
    void a_task_id_that_is_known_is_not_overwritten() {
        Task task = test.claimed(SUBMITTED, "cat");

        ledger.learned(task, "another");

        assertThat(test.find(task).taskId()).isEqualTo("t-cat");
    }

    @Test
    void that_nothing_was_bought_is_not_written_over_a_task_id_that_was_learned() {
        Task task = test.claimed(SUBMITTING);
        ledger.learned(task, "t-1");

        assertThat(ledger.write(task, Move.to(ACCEPTED).notBought())).isFalse();
        assertThat(test.find(task).state()).isEqualTo(SUBMITTING);
        assertThat(test.find(task).mayHaveBeenBought()).isTrue();
    }

    @Test
    void a_task_id_that_was_learned_makes_an_unclear_task_due() {
        Task task = test.claimed(UNCERTAIN);
        ledger.write(task, Move.again(Ledger.LONGEST_WAIT));

        ledger.learned(task, "t-1");

        assertThat(due(UNCERTAIN)).containsExactly(task.id());
    }

    @Test
    void a_clock_that_was_put_back_freezes_nothing() {
        Task waiting = test.claimed(SUBMITTED);
        ledger.write(waiting, Move.again(Ledger.LONGEST_WAIT).reported());
        Task slot = test.claimed(UNCERTAIN);
        test.later(Duration.ofDays(-400));
        assertThat(due(SUBMITTED)).isEmpty();

        ledger.thaw();

        assertThat(due(SUBMITTED)).containsExactly(waiting.id());
        test.later(ledger.lease());
        assertThat(due(SUBMITTED, UNCERTAIN)).containsExactlyInAnyOrder(waiting.id(), slot.id());
        assertThat(ledger.owing(9)).extracting(Task::id).containsExactly(waiting.id());
    }

    @Test
    void thawing_leaves_every_legal_wait_alone() {
        Task task = test.claimed(SUBMITTED);
        ledger.write(task, Move.again(Ledger.LONGEST_WAIT));
        Task ended = test.claimed(FAILED);

        ledger.thaw();

        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofMinutes(59));
        assertThat(test.column("due_at", ended)).isNull();
    }

    @Test
    void an_error_file_that_is_owed_is_asked_for_again_after_a_lease() {
        Task task = test.claimed(SUBMITTING);
        ledger.write(task, Move.to(UNCERTAIN).due(Ledger.LONGEST_WAIT).reported());

        assertThat(ledger.owing(9)).extracting(Task::id).containsExactly(task.id());
        assertThat(ledger.owing(9)).isEmpty();

        test.later(ledger.lease());
        assertThat(ledger.owing(9)).hasSize(1);
    }

    @Test
    void a_debt_that_was_paid_is_not_asked_for_again() {
        Task task = owing(test.claimed(SUBMITTING), Move.to(UNCERTAIN).reported());
        ledger.paid(task);
        test.later(Duration.ofDays(1));

        assertThat(ledger.owing(9)).isEmpty();
        assertThat(test.find(task).report()).isEqualTo("written");

        Task found = test.claim(UNCERTAIN);
        Task removing = owing(found, Move.to(SUBMITTED).taskId("t").unreported(found));
        assertThat(removing.report()).isEqualTo("remove");
        ledger.paid(removing);
        assertThat(test.find(task).report()).isNull();
    }

    @Test
    void a_task_that_moved_on_meanwhile_keeps_its_debt() {
        Task before = owing(test.claimed(SUBMITTING), Move.to(UNCERTAIN).reported());
        Task unclear = test.claim(UNCERTAIN);
        ledger.write(unclear, Move.to(FAILED).reported());

        ledger.paid(before);

        assertThat(ledger.owing(9)).extracting(Task::state).containsExactly(FAILED);
    }

    @Test
    void an_error_file_is_gone_whatever_became_of_the_task_meanwhile() {
        ledger.paid(owing(test.claimed(SUBMITTING), Move.to(UNCERTAIN).reported()));
        Task found = test.claim(UNCERTAIN);
        Task removing = owing(found, Move.to(SUBMITTED).taskId("t").unreported(found));
        ledger.write(test.claim(SUBMITTED), Move.to(SUCCEEDED));

        ledger.paid(removing);

        assertThat(test.find(removing).report()).isNull();
    }

    @Test
    void a_task_that_owes_again_in_the_same_state_keeps_its_debt() {
        Task before = owing(test.claimed(SUCCEEDED), Move.again(Duration.ZERO).reported());
        ledger.write(
                test.claim(SUCCEEDED),
                Move.again(Duration.ZERO).told("disk", "full now", null).reported());

        ledger.paid(before);

        assertThat(ledger.owing(9)).extracting(Task::message).containsExactly("full now");
    }

    @Test
    void what_another_node_settles_is_not_handed_out_twice() {
        for (int i = 0; i < 60; i++) {
            ledger.write(test.claimed(SUCCEEDED), Move.again(Duration.ZERO).reported());
        }
        List<Ledger> nodes = List.of(ledger, test.another());

        List<List<Task>> got = Race.of(6, worker -> nodes.get(worker % 2).owing(15));

        assertThat(got.stream().flatMap(List::stream)).extracting(Task::id).doesNotHaveDuplicates();
    }

    @Test
    void tasks_are_counted_by_state() {
        test.accept("a", "b");
        test.claimed(CANCELLED);
        test.claimed(DELIVERED);

        assertThat(ledger.count()).isEqualTo(Map.of(ACCEPTED, 2, CANCELLED, 1, DELIVERED, 1));
    }

    @Test
    void the_ledger_keeps_its_name_over_a_restart() {
        String id = ledger.id();

        test.restart();

        assertThat(test.ledger().id()).isEqualTo(id).isNotBlank();
    }

    private Task owing(Task task, Move move) {
        ledger.write(task, move);
        return ledger.owing(1).get(0);
    }

    private List<String> due(TaskState first, TaskState... more) {
        return ledger.claim(EnumSet.of(first, more), 100).stream().map(Task::id).toList();
    }

    private static List<Task> drain(Ledger ledger) {
        List<Task> all = new java.util.ArrayList<>();
        while (true) {
            List<Task> some = ledger.claim(EnumSet.of(ACCEPTED), 7);
            if (some.isEmpty()) {
                return all;
            }
            all.addAll(some);
        }
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "prompt-" + i).toArray(String[]::new);
    }

    private static List<String> ids(List<Acceptance.Accepted> accepted) {
        return accepted.stream().map(Acceptance.Accepted::id).toList();
    }

    private static Video video() {
        return Video.linked(1, "v-1", "https://cdn.test/1", "5");
    }
}
