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

import dev.klingroutes.Dollars;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class ByHandTest {
    private static final Dollars PRICE = Dollars.of("0.42");

    private final TestLedger test;
    private final Ledger ledger;
    private final ByHand byHand;

    ByHandTest(TestLedger.On on) {
        test = TestLedger.on(on);
        ledger = test.ledger();
        byHand = new ByHand(test.another());
    }

    @AfterEach
    void close() {
        test.close();
    }

    /** A task whose create call is under way, with its price reserved. */
    private Task submitting() {
        Task task = test.claimed(ACCEPTED);
        assertThat(test.gate().pass(task, "{}", PRICE, Map.of(), null).kind())
                .isEqualTo(Gate.Kind.GO);
        return test.find(task);
    }

    private Task write(Task task, Move move) {
        assertThat(ledger.write(task, move)).isTrue();
        return test.find(task);
    }

    private Task submitted() {
        return write(submitting(), Move.to(SUBMITTED).taskId("t-1"));
    }

    private Task succeeded() {
        Video video = Video.linked(1, "v", "https://example.com/v", "5");
        return write(submitted(), Move.to(SUCCEEDED).videos(List.of(video)));
    }

    private Task failedAtTheProvider() {
        return write(submitted(), Move.to(FAILED).told("0", "risk control", "r").reported());
    }

    private Task refused() {
        Move refused = Move.to(FAILED).notBought().told("1201", "bad field", "r").reported();
        return write(submitting(), refused);
    }

    private Task cancelled(Task task) throws NotPossible {
        byHand.cancel(task);
        return test.find(task);
    }

    private Dollars spent() {
        return ledger.read(handle -> Spending.since(handle, 0, ""));
    }

    private int earlier() {
        return test.value(int.class, "select count(*) from kling_earlier");
    }

    private void isBoughtAnew(Task before, String words) throws NotPossible {
        assertThat(byHand.retry(before)).contains(words);

        Task now = test.find(before);
        assertThat(now.state()).isEqualTo(ACCEPTED);
        assertThat(now.externalId()).isNotEqualTo(before.externalId());
        assertThat(now.taskId()).isNull();
        assertThat(now.mayHaveBeenBought()).isFalse();
        assertThat(now.money().cost()).isNull();
        assertThat(now.times().submitting()).isNull();
        assertThat(now.times().ended()).isNull();
        assertThat(now.code()).isNull();
        assertThat(now.report()).isIn(null, "remove");
        assertThat(test.claim(ACCEPTED).id()).isEqualTo(before.id());
    }

    private void isWatched(Task before) throws NotPossible {
        Dollars spent = spent();
        assertThat(byHand.retry(before)).contains("nothing is bought anew");

        Task now = test.find(before);
        assertThat(now.state()).isEqualTo(SUBMITTED);
        assertThat(now.externalId()).isEqualTo(before.externalId());
        assertThat(now.taskId()).isEqualTo("t-1");
        assertThat(now.times().submitted()).isNotNull();
        assertThat(now.times().ended()).isNull();
        assertThat(spent()).isEqualTo(spent);
        assertThat(earlier()).isZero();
        assertThat(test.claim(SUBMITTED).id()).isEqualTo(before.id());
    }

    private void isLookedUp(Task before) throws NotPossible {
        assertThat(byHand.retry(before)).contains("looked up, not sent again");

        Task now = test.find(before);
        assertThat(now.state()).isEqualTo(UNCERTAIN);
        assertThat(now.externalId()).isEqualTo(before.externalId());
        assertThat(now.times().ended()).isNull();
        assertThat(now.report()).isEqualTo("write");
        assertThat(spent()).isEqualTo(PRICE);
        assertThat(earlier()).isZero();
        assertThat(test.claim(UNCERTAIN).id()).isEqualTo(before.id());
        assertThat(ledger.claim(EnumSet.of(ACCEPTED), 1)).isEmpty();
    }

    @Test
    void what_was_refused_before_it_was_sent_is_sent() throws NotPossible {
        Task dear = test.claimed(ACCEPTED);
        write(dear, Move.to(FAILED).told("budget", "too dear", null).reported());

        isBoughtAnew(test.find(dear), "not bought before");
        assertThat(earlier()).isZero();
    }

    @Test
    void what_the_provider_refused_is_sent_under_a_new_id() throws NotPossible {
        Task refused = refused();

        isBoughtAnew(refused, "not bought before");
        assertThat(test.value(String.class, "select external_id from kling_earlier"))
                .isEqualTo(refused.externalId());
        assertThat(spent()).isEqualTo(Dollars.NONE);
    }

    @Test
    void what_the_provider_reported_failed_is_bought_anew_and_counted_twice() throws NotPossible {
        Task failed = failedAtTheProvider();

        isBoughtAnew(failed, "bought anew");

        assertThat(spent()).isEqualTo(PRICE);
        assertThat(test.value(String.class, "select task_id from kling_earlier")).isEqualTo("t-1");
        Task again = test.find(failed);
        assertThat(test.gate().pass(again, "{}", PRICE, Map.of(), null).kind())
                .isEqualTo(Gate.Kind.GO);
        assertThat(spent()).isEqualTo(Dollars.of("0.84"));
        write(test.find(again), Move.to(SUBMITTED).taskId("t-2"));
        write(test.find(again), Move.to(FAILED));
        byHand.retry(test.find(again));
        assertThat(earlier()).isEqualTo(2);
        assertThat(spent()).isEqualTo(Dollars.of("0.84"));
    }

    @Test
    void what_was_rendered_and_never_came_is_looked_at() throws NotPossible {
        isWatched(write(succeeded(), Move.to(FAILED).told("no-video", "no link", null).reported()));
    }

    @Test
    void what_failed_without_a_name_and_may_be_bought_is_looked_up() throws NotPossible {
        isLookedUp(write(submitting(), Move.to(FAILED).reported()));
    }

    @Test
    void what_was_cancelled_before_it_was_sent_is_sent() throws NotPossible {
        Task task = test.claimed(ACCEPTED);
        assertThat(byHand.cancel(task)).contains("nothing was bought");

        isBoughtAnew(test.find(task), "not bought before");
    }

    @Test
    void what_was_cancelled_while_it_was_sent_is_looked_up() throws NotPossible {
        isLookedUp(cancelled(submitting()));
    }

    @Test
    void what_was_cancelled_while_nobody_knew_is_looked_up() throws NotPossible {
        isLookedUp(cancelled(write(submitting(), Move.to(UNCERTAIN).reported())));
    }

    @Test
    void what_was_cancelled_while_it_was_rendered_is_watched() throws NotPossible {
        isWatched(cancelled(submitted()));
    }

    @Test
    void what_was_cancelled_after_our_patience_is_watched() throws NotPossible {
        isWatched(cancelled(write(submitted(), Move.to(OVERDUE).reported())));
    }

    @Test
    void what_was_cancelled_before_its_video_came_is_watched() throws NotPossible {
        isWatched(cancelled(succeeded()));
    }

    @Test
    void what_failed_and_was_cancelled_is_never_bought_before_it_was_looked_at()
            throws NotPossible {
        isWatched(cancelled(failedAtTheProvider()));
    }

    @Test
    void what_was_refused_and_cancelled_is_sent() throws NotPossible {
        isBoughtAnew(cancelled(refused()), "not bought before");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"ACCEPTED", "SUBMITTING", "UNCERTAIN", "SUBMITTED", "OVERDUE", "SUCCEEDED"})
    void what_is_under_way_is_brought_forward_and_left_to_its_holder(TaskState state)
            throws NotPossible {
        Task held = test.claimed(state);

        assertThat(byHand.retry(test.find(held))).contains("nothing is bought twice");

        assertThat(test.find(held)).isEqualTo(held);
        assertThat(ledger.renew(held)).isTrue();
        assertThat(ledger.write(held, Move.again(Duration.ofMinutes(10)))).isTrue();
        assertThat(test.untilDue(held)).isLessThanOrEqualTo(Duration.ZERO);
        Task again = test.claim(state);
        assertThat(again.claim()).isEqualTo(held.claim() + 1);
        assertThat(ledger.write(again, Move.again(Duration.ofMinutes(10)))).isTrue();
        assertThat(test.untilDue(held)).isPositive();
    }

    @Test
    void what_is_delivered_stays_so() {
        Task task = test.claimed(DELIVERED);

        assertThatThrownBy(() -> byHand.retry(task))
                .isInstanceOf(NotPossible.class)
                .hasMessageContaining("drop the prompt again");
        assertThatThrownBy(() -> byHand.cancel(task)).hasMessage("it is DELIVERED already");
        assertThat(test.find(task)).isEqualTo(task);
    }

    @Test
    void of_many_hands_one_buys_it_anew() {
        Task failed = failedAtTheProvider();
        List<ByHand> hands = List.of(byHand, new ByHand(ledger));

        List<Object> done =
                Race.of(
                        8,
                        hand -> {
                            try {
                                return hands.get(hand % 2).retry(failed);
                            } catch (NotPossible e) {
                                return e;
                            }
                        });

        assertThat(done).filteredOn(String.class::isInstance).hasSize(1);
        assertThat(done)
                .filteredOn(NotPossible.class::isInstance)
                .allSatisfy(late -> assertThat(late.toString()).contains("it has just moved on"));
        assertThat(earlier()).isEqualTo(1);
        assertThat(spent()).isEqualTo(PRICE);
        assertThat(test.find(failed).state()).isEqualTo(ACCEPTED);
    }

    @Test
    void a_hand_and_a_worker_never_both_have_it() {
        for (int i = 0; i < 10; i++) {
            Task task = test.claimed(ACCEPTED);
            List<Boolean> done =
                    Race.of(
                            2,
                            who -> {
                                if (who == 0) {
                                    return test.gate().pass(task, "{}", null, Map.of(), null).kind()
                                            == Gate.Kind.GO;
                                }
                                try {
                                    return byHand.cancel(task).contains("nothing was bought");
                                } catch (NotPossible e) {
                                    return false;
                                }
                            });

            assertThat(done).containsExactlyInAnyOrder(true, false);
            Task now = test.find(task);
            assertThat(now.state()).isEqualTo(done.get(0) ? SUBMITTING : CANCELLED);
            assertThat(now.mayHaveBeenBought()).isEqualTo(done.get(0));
            test.sql("update kling_task set in_flight_until = null");
        }
    }

    @Test
    void what_moved_on_since_it_was_read_is_left_alone() {
        Task old = test.claimed(ACCEPTED);
        Task now = write(old, Move.to(FAILED));
        Task unclear = write(submitting(), Move.to(UNCERTAIN));
        write(unclear, Move.to(SUBMITTED).taskId("t-1"));

        assertThatThrownBy(() -> byHand.cancel(old)).hasMessageContaining("just moved on");
        assertThatThrownBy(() -> byHand.created(unclear, "x")).hasMessageContaining("moved on");
        test.later(ledger.lease());
        assertThatThrownBy(() -> byHand.notCreated(unclear)).hasMessageContaining("moved on");

        assertThat(test.find(now).state()).isEqualTo(FAILED);
        assertThat(test.find(unclear).taskId()).isEqualTo("t-1");
    }

    @Test
    void a_look_between_reading_and_cancelling_keeps_nobody_from_it() throws NotPossible {
        Task read = test.claimed(SUBMITTED);
        write(read, Move.again(Duration.ZERO));
        Task looking = test.claim(SUBMITTED);

        assertThat(byHand.cancel(read)).contains("may still be rendered and charged");

        assertThat(test.find(read).state()).isEqualTo(CANCELLED);
        assertThat(ledger.write(looking, Move.to(OVERDUE))).isFalse();
    }

    @Test
    void a_create_that_ends_after_its_task_was_cancelled_is_not_forgotten() throws NotPossible {
        Task sent = submitting();
        assertThat(byHand.cancel(sent)).contains("may still be rendered and charged (about $0.42)");

        assertThat(ledger.write(sent, Move.to(SUBMITTED).taskId("t-1"))).isFalse();
        ledger.learned(sent, "t-1");

        Task cancelled = test.find(sent);
        assertThat(cancelled.state()).isEqualTo(CANCELLED);
        assertThat(cancelled.taskId()).isEqualTo("t-1");
        assertThat(spent()).isEqualTo(PRICE);
        isWatched(cancelled);
    }

    @Test
    void a_create_that_ends_after_its_task_was_cancelled_and_retried_is_adopted()
            throws NotPossible {
        Task sent = submitting();
        byHand.retry(cancelled(sent));
        write(test.claim(UNCERTAIN), Move.again(Duration.ofHours(1)));

        assertThat(ledger.write(sent, Move.to(SUBMITTED).taskId("t-1"))).isFalse();
        ledger.learned(sent, "t-1");

        assertThat(test.claim(UNCERTAIN).taskId()).isEqualTo("t-1");
    }

    @Test
    void what_was_cancelled_after_it_was_sent_keeps_its_place_at_the_provider() throws NotPossible {
        int room = test.gate().room();
        cancelled(submitted());

        assertThat(test.gate().room()).isEqualTo(room - 1);
        test.later(Duration.ofMinutes(60));
        assertThat(test.gate().room()).isEqualTo(room);
    }

    @Test
    void a_cancel_says_what_it_may_cost() throws NotPossible {
        assertThat(byHand.cancel(succeeded())).contains("rendered and charged (about $0.42)");
        assertThat(byHand.cancel(refused())).contains("nothing was bought");
        assertThat(byHand.cancel(failedAtTheProvider())).contains("had reported it failed");
        Task unpriced = test.claimed(SUBMITTED);
        assertThat(byHand.cancel(unpriced)).contains("charged").doesNotContain("about");
        assertThatThrownBy(() -> byHand.cancel(test.find(unpriced)))
                .hasMessage("it is CANCELLED already");
        assertThatThrownBy(() -> byHand.notCreated(test.find(unpriced)))
                .hasMessageContaining("only a task that is UNCERTAIN");
    }

    @Test
    void the_error_file_of_what_goes_on_or_is_given_up_has_to_go() throws NotPossible {
        Task failed = refused();
        ledger.owing(10).forEach(ledger::paid);
        assertThat(test.find(failed).report()).isEqualTo("written");

        Task unclear = cancelled(write(submitting(), Move.to(UNCERTAIN).reported()));
        byHand.retry(test.find(failed));

        assertThat(ledger.owing(10))
                .extracting(Task::id)
                .containsExactlyInAnyOrder(failed.id(), unclear.id());
        assertThat(test.find(failed).report()).isEqualTo("remove");
        assertThat(test.find(unclear).report()).isEqualTo("remove");
    }

    @Test
    void what_a_person_knows_was_not_created_is_sent_under_the_same_id() throws NotPossible {
        Task unclear = write(submitting(), Move.to(UNCERTAIN).reported());
        assertThatThrownBy(() -> byHand.notCreated(unclear))
                .isInstanceOf(NotPossible.class)
                .hasMessageContaining("may still be under way; ask again in");
        test.later(ledger.lease());

        assertThat(byHand.notCreated(unclear)).contains("sent now");

        Task now = test.find(unclear);
        assertThat(now.state()).isEqualTo(ACCEPTED);
        assertThat(now.externalId()).isEqualTo(unclear.externalId());
        assertThat(now.mayHaveBeenBought()).isFalse();
        assertThat(now.report()).isEqualTo("remove");
        assertThat(spent()).isEqualTo(Dollars.NONE);
        assertThat(test.gate().room()).isEqualTo(5);
        Task again = test.claim(ACCEPTED);
        assertThat(test.gate().pass(again, "{}", PRICE, Map.of(), null).kind())
                .isEqualTo(Gate.Kind.GO);
        assertThat(spent()).isEqualTo(PRICE);
    }

    @Test
    void what_the_provider_has_named_was_created_whatever_a_person_says() {
        Task unclear = write(submitting(), Move.to(UNCERTAIN));
        ledger.learned(unclear, "t-1");
        test.later(ledger.lease());

        assertThatThrownBy(() -> byHand.notCreated(test.find(unclear)))
                .isInstanceOf(NotPossible.class)
                .hasMessageContaining("the provider calls it t-1");
        assertThatThrownBy(() -> byHand.notCreated(unclear))
                .as("a name that came after the person had asked")
                .hasMessageContaining("moved on");
        assertThat(test.find(unclear).state()).isEqualTo(UNCERTAIN);
    }

    @Test
    void what_a_person_found_is_looked_at_by_its_name() throws NotPossible {
        Task unclear = write(submitting(), Move.to(UNCERTAIN).due(Duration.ofHours(1)).reported());

        assertThat(byHand.created(unclear, "t-9")).contains("looked at as t-9");

        Task now = test.claim(UNCERTAIN);
        assertThat(now.taskId()).as("not before a look proves it").isNull();
        assertThat(new Callbacks(ledger).hearsay(now)).contains("t-9");
        assertThat(now.externalId()).isEqualTo(unclear.externalId());
        assertThat(spent()).isEqualTo(PRICE);
        // and a correction of it
        new Callbacks(ledger).refuted(now, "t-9");
        byHand.created(now, "t-1");
        assertThat(new Callbacks(ledger).hearsay(test.claim(UNCERTAIN))).contains("t-1");
    }

    @Test
    void what_another_task_is_called_settles_nothing() throws NotPossible {
        write(submitting(), Move.to(SUBMITTED).taskId("t-1"));
        test.sql("update kling_task set due_at = null");
        Task unclear = write(submitting(), Move.to(UNCERTAIN).due(Duration.ofHours(1)).reported());

        assertThatThrownBy(() -> byHand.created(unclear, "t-1")).hasMessageContaining("another");
        assertThat(new Callbacks(ledger).hearsay(unclear)).isEmpty();
    }

    @Test
    void only_what_is_unclear_can_be_settled() {
        for (TaskState state : EnumSet.complementOf(EnumSet.of(UNCERTAIN))) {
            test.sql("update kling_task set in_flight_until = null");
            Task task = test.claimed(state);
            test.sql("update kling_task set due_at = null where state = 'ACCEPTED'");

            assertThatThrownBy(() -> byHand.notCreated(task)).hasMessageContaining(state.name());
            assertThatThrownBy(() -> byHand.created(task, "t")).hasMessageContaining(state.name());
            assertThat(Objects.equals(test.find(task), task)).isTrue();
        }
    }
}
