package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.CANCELLED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who lost the claim on a create call that was certainly not taken writes so, over nothing that
 * another did meanwhile.
 */
@ParameterizedClass
@EnumSource(TestLedger.On.class)
class OutOfTurnTest {
    private static final int RACES = 60;

    private final TestLedger test;
    private final Ledger ledger;

    OutOfTurnTest(TestLedger.On on) {
        test = TestLedger.on(on, Map.of("kling.submit.in-flight", "1000"));
        ledger = test.ledger();
    }

    @AfterEach
    void close() {
        test.close();
    }

    private static Move notTaken() {
        return Move.to(ACCEPTED).notBought().due(Duration.ofSeconds(1));
    }

    /** The lease is over; another one has it, in the same state. */
    private Task anothers(Task sent) {
        test.sql("update kling_task set due_at = 0 where id = '" + sent.id() + "'");
        return test.claim(SUBMITTING);
    }

    private Task parked(Task sent) {
        ledger.write(anothers(sent), Move.to(UNCERTAIN));
        return test.find(sent);
    }

    @Test
    void it_goes_back() {
        Task sent = test.claimed(SUBMITTING);
        parked(sent);

        assertThat(ledger.outOfTurn(sent, notTaken())).isTrue();
        assertThat(test.find(sent).state()).isEqualTo(ACCEPTED);
        assertThat(ledger.outOfTurn(sent, notTaken())).as("once").isFalse();
    }

    @Test
    void one_that_a_person_cancelled_meanwhile_stays_cancelled_and_costs_nothing()
            throws Exception {
        Task sent = test.claimed(SUBMITTING);
        new ByHand(ledger).cancel(sent);
        assertThat(test.find(sent).mayHaveBeenBought()).isTrue();

        assertThat(ledger.outOfTurn(sent, notTaken())).isTrue();
        assertThat(test.find(sent).state()).isEqualTo(CANCELLED);
        assertThat(test.find(sent).mayHaveBeenBought()).isFalse();
        assertThat(test.until("in_flight_until", sent)).isNull();
    }

    @Test
    void a_call_that_was_made_after_a_person_settled_the_first_is_left_alone() throws Exception {
        Task sent = test.claimed(SUBMITTING);
        test.later(ledger.lease());
        ledger.write(test.claim(SUBMITTING), Move.to(UNCERTAIN));
        Task asItWas = test.find(sent);
        new ByHand(ledger).notCreated(test.find(sent));
        test.later(Duration.ofMillis(5));
        Task second = test.claim(ACCEPTED);
        assertThat(test.gate().pass(second, "{}", null, Map.of(), null).kind())
                .isEqualTo(Gate.Kind.GO);

        assertThat(ledger.outOfTurn(asItWas, notTaken())).isFalse();
        assertThat(test.find(sent).state()).isEqualTo(SUBMITTING);
        ledger.write(test.find(sent), Move.to(UNCERTAIN));
        assertThat(ledger.outOfTurn(asItWas, notTaken())).isFalse();
    }

    @Test
    void a_task_that_called_back_was_created() {
        Task sent = test.claimed(SUBMITTING);
        CallbackToken token = test.token(sent);
        parked(sent);
        new Callbacks(ledger).heard(sent.id(), token, null);

        assertThat(ledger.outOfTurn(sent, notTaken())).isFalse();
        assertThat(test.find(sent).state()).isEqualTo(UNCERTAIN);
    }

    @Test
    void one_that_was_found_stays_found() {
        Task sent = test.claimed(SUBMITTING);
        ledger.write(anothers(sent), Move.to(SUBMITTED).taskId("t"));

        assertThat(ledger.outOfTurn(sent, notTaken())).isFalse();
        assertThat(test.find(sent).state()).isEqualTo(SUBMITTED);
    }

    @Test
    void one_that_was_sent_once_more_waits_for_that_answer() {
        Task sent = test.claimed(SUBMITTING);
        parked(sent);
        Task again = test.claim(UNCERTAIN);
        assertThat(test.gate().resend(again, null)).isPresent();

        assertThat(ledger.outOfTurn(sent, notTaken())).isFalse();
        assertThat(test.find(sent).state()).isEqualTo(SUBMITTING);
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"ACCEPTED", "FAILED"})
    void what_another_learns_at_that_moment_is_kept(TaskState end) {
        Ledger node = test.another();
        for (int i = 0; i < RACES; i++) {
            Task sent = test.claimed(SUBMITTING);
            parked(sent);
            Move move = end == FAILED ? Move.to(FAILED).notBought() : notTaken();
            Race.of(
                    2,
                    who -> {
                        if (who == 0) {
                            return ledger.outOfTurn(sent, move);
                        }
                        node.learned(sent, "t");
                        return true;
                    });

            Task after = test.find(sent);
            assertThat(after.taskId()).isEqualTo("t");
            assertThat(after.mayHaveBeenBought()).isTrue();
            assertThat(after.state()).isNotEqualTo(ACCEPTED);
        }
    }

    @Test
    void two_who_say_different_things_at_one_moment_do_not_mix() {
        Ledger node = test.another();
        for (int i = 0; i < RACES; i++) {
            Task sent = test.claimed(SUBMITTING);
            Task seen = parked(sent);
            int kind = i % 3;
            var wrote =
                    Race.of(
                            2,
                            who ->
                                    who == 0
                                            ? ledger.outOfTurn(sent, notTaken())
                                            : another(node, seen, kind));

            TaskState after = test.find(sent).state();
            if (wrote.get(0) && !wrote.get(1)) {
                assertThat(after).isEqualTo(ACCEPTED);
            } else if (!wrote.get(0)) {
                assertThat(after).isIn(CANCELLED, SUBMITTED, SUBMITTING);
                assertThat(wrote.get(1)).isTrue();
            } else {
                assertThat(after).as("cancelled after it").isEqualTo(CANCELLED);
            }
            test.sql("update kling_task set due_at = null");
        }
    }

    /** Whether it did what it wanted: a person cancels, a look-up finds it, it is sent again. */
    private boolean another(Ledger node, Task seen, int kind) {
        if (kind == 0) {
            try {
                new ByHand(node).cancel(node.find(seen.id()).orElseThrow());
                return true;
            } catch (NotPossible movedOn) {
                return false;
            }
        }
        var mine = node.claim(java.util.EnumSet.of(UNCERTAIN), 1);
        if (mine.isEmpty()) {
            return false;
        }
        return kind == 1
                ? node.write(mine.get(0), Move.to(SUBMITTED).taskId("t" + seen.id()))
                : new Gate(node, test.settings()).resend(mine.get(0), null).isPresent();
    }
}
