package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Dollars;
import dev.klingroutes.task.HandOvers.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock jumps an hour forward, or back: no task ends by it, and none is frozen. */
@ParameterizedClass
@EnumSource(TestLedger.On.class)
class ClockJumpTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(60);
    private static final Duration A_WAIT = Duration.ofSeconds(30);

    /** Where a task can be when it happens. */
    private enum Was {
        WAITING,
        DUE,
        IN_HAND,
        /** Out of the hands of a worker that died. */
        LEFT
    }

    private record Placed(Task task, Was was) {}

    private final TestLedger test;
    private final Ledger ledger;

    ClockJumpTest(TestLedger.On on) {
        test = TestLedger.on(on, Map.of("kling.submit.in-flight", "100"));
        ledger = test.ledger();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void every_task_keeps_its_state_and_is_due_within_a_lease(int hours) {
        List<Placed> all = new ArrayList<>();
        for (TaskState state : TaskState.values()) {
            for (Was was : Was.values()) {
                all.add(new Placed(test.claimed(state), was));
            }
        }
        all.forEach(this::giveBack);

        test.later(HOUR.multipliedBy(hours));
        ledger.thaw();

        for (Placed placed : all) {
            Task task = placed.task();
            TaskState state = task.state();
            assertThat(test.find(task).state()).as("%s", placed).isEqualTo(state);
            if (state.ended()) {
                assertThat(test.untilDue(task)).as("%s", placed).isNull();
                continue;
            }
            assertThat(test.untilDue(task)).as("%s", placed).isLessThanOrEqualTo(ledger.lease());
            if (placed.was() == Was.IN_HAND) {
                assertThat(ledger.write(task, Move.again(Duration.ZERO)))
                        .as("the worker that has %s still has it", placed)
                        .isTrue();
            }
        }
        test.later(ledger.lease());
        List<String> open =
                all.stream()
                        .map(Placed::task)
                        .filter(t -> !t.state().ended())
                        .map(Task::id)
                        .toList();
        assertThat(ledger.claim(EnumSet.allOf(TaskState.class), 999))
                .extracting(Task::id)
                .containsExactlyInAnyOrderElementsOf(open);
    }

    private void giveBack(Placed placed) {
        if (placed.task().state().ended()) {
            return;
        }
        switch (placed.was()) {
            case WAITING -> ledger.write(placed.task(), Move.again(A_WAIT));
            case DUE -> ledger.write(placed.task(), Move.again(Duration.ZERO));
            case IN_HAND, LEFT -> {}
        }
    }

    @Test
    void it_is_noticed_once_and_costs_no_wait_that_comes_later() {
        Task task = test.claimed(TaskState.UNCERTAIN);
        test.later(HOUR.negated());
        ledger.thaw();
        ledger.write(task, Move.again(Ledger.LONGEST_WAIT));

        ledger.thaw();

        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofMinutes(59));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void an_error_file_that_is_owed_is_written(int hours) {
        Task handed = reported();
        assertThat(ledger.owing(9)).extracting(Task::id).containsExactly(handed.id());
        Task owed = reported();

        test.later(HOUR.multipliedBy(hours));
        ledger.thaw();
        test.later(ledger.lease());

        assertThat(ledger.owing(9))
                .extracting(Task::id)
                .containsExactlyInAnyOrder(handed.id(), owed.id());
    }

    private Task reported() {
        Task task = test.claimed(TaskState.UNCERTAIN);
        ledger.write(task, Move.again(A_WAIT).reported());
        return task;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void what_waits_for_a_host_is_handed_over(int hours) {
        // nothing else is in this ledger, to tell that the clock was put back
        HandOver inHand = ended(TaskState.DELIVERED);
        HandOver putOff = ended(TaskState.FAILED);
        host().failed(putOff, A_WAIT);
        Task untried = test.claimed(TaskState.CANCELLED);

        test.later(HOUR.multipliedBy(hours));
        ledger.thaw();

        if (hours < 0) {
            assertThat(host().claim().orElseThrow().task().id()).isEqualTo(untried.id());
            assertThat(host().claim()).as("what a host has is not given to another").isEmpty();
            assertThat(host().renew(inHand)).isTrue();
        }
        test.later(ledger.lease());
        assertThat(handOvers()).contains(inHand.task().id(), putOff.task().id(), untried.id());
    }

    @Test
    void what_a_host_did_not_take_long_after_it_ended_is_not_frozen() {
        Task old = test.claimed(TaskState.DELIVERED);
        test.later(Duration.ofDays(1));
        HandOver putOff = host().claim().orElseThrow();
        host().failed(putOff, A_WAIT);
        test.later(A_WAIT.multipliedBy(2));

        test.later(HOUR.negated());
        ledger.thaw();
        test.later(ledger.lease());

        assertThat(handOvers()).containsExactly(old.id());
    }

    @Test
    void what_a_host_has_tells_it_to_all_others_and_they_to_it() {
        Task old = test.claimed(TaskState.UNCERTAIN);
        ledger.write(old, Move.again(Ledger.LONGEST_WAIT));
        test.later(Duration.ofMinutes(10));
        ended(TaskState.DELIVERED);
        test.later(Duration.ofMinutes(-5));
        ledger.thaw();
        assertThat(test.untilDue(old)).isLessThanOrEqualTo(Duration.ZERO);

        HandOver putOff = ended(TaskState.DELIVERED);
        host().failed(putOff, Ledger.LONGEST_WAIT);
        test.later(Duration.ofMinutes(10));
        test.claimed(TaskState.SUBMITTED);
        test.later(Duration.ofMinutes(-5));
        ledger.thaw();
        assertThat(test.until("hand_due_at", putOff.task())).isLessThanOrEqualTo(ledger.lease());
    }

    @Test
    void hand_overs_tell_it_once() {
        HandOver inHand = ended(TaskState.DELIVERED);
        test.claimed(TaskState.CANCELLED);
        test.later(HOUR.negated());
        ledger.thaw();
        host().failed(inHand, Ledger.LONGEST_WAIT);
        Task task = test.claimed(TaskState.UNCERTAIN);
        ledger.write(task, Move.again(Ledger.LONGEST_WAIT));

        ledger.thaw();

        assertThat(test.until("hand_due_at", inHand.task())).isGreaterThan(Duration.ofMinutes(59));
        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofMinutes(59));
    }

    private HandOvers host() {
        return new HandOvers(
                ledger, EnumSet.of(TaskState.DELIVERED, TaskState.FAILED, TaskState.CANCELLED), "");
    }

    /** A task that ended and that a host has. */
    private HandOver ended(TaskState state) {
        Task task = test.claimed(state);
        HandOver over = host().claim().orElseThrow();
        assertThat(over.task().id()).isEqualTo(task.id());
        return over;
    }

    private List<String> handOvers() {
        return Stream.generate(() -> host().claim())
                .takeWhile(Optional::isPresent)
                .map(over -> over.orElseThrow().task().id())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void what_runs_at_the_provider_keeps_its_place(int hours) {
        test.claimed(TaskState.SUBMITTED);
        test.claimed(TaskState.SUBMITTING);

        test.later(HOUR.multipliedBy(hours));

        assertThat(test.gate().standing().running()).isEqualTo(2);
    }

    @Test
    void a_place_is_free_again_in_the_end() {
        test.claimed(TaskState.SUBMITTED);
        test.claimed(TaskState.UNCERTAIN);

        test.later(HOUR.negated());
        assertThat(test.gate().standing().running()).isEqualTo(2);
        test.later(HOUR.plus(PATIENCE));
        assertThat(test.gate().standing().running()).isEqualTo(1);
        test.later(PATIENCE);
        assertThat(test.gate().standing().running()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void a_closed_account_is_tried_again_after_its_pause(int hours) {
        Gate gate = test.gate();
        gate.closed("1102", "no balance");

        test.later(HOUR.multipliedBy(hours));

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void what_was_bought_tomorrow_is_spent_today_as_well() {
        Gate gate =
                new Gate(ledger, dev.klingroutes.Settings.of(Map.of("kling.budget.per-day", "1")));
        test.accept("a", "b");
        Task bought = test.claim(TaskState.ACCEPTED);
        gate.pass(bought, "{}", Dollars.of("0.7"), Map.of(), null);

        test.sql("update kling_task set bought_day = bought_day + 1 where bought_day is not null");

        Task other = test.claim(TaskState.ACCEPTED);
        assertThat(gate.pass(other, "{}", Dollars.of("0.7"), Map.of(), null).kind())
                .isEqualTo(Gate.Kind.SPENT);
    }
}
