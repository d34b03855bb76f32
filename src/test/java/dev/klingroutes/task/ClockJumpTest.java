package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Dollars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
        gate.pass(bought, "{}", Dollars.of("0.7"), Map.of());

        test.sql("update kling_task set bought_day = bought_day + 1 where bought_day is not null");

        Task other = test.claim(TaskState.ACCEPTED);
        assertThat(gate.pass(other, "{}", Dollars.of("0.7"), Map.of()).kind())
                .isEqualTo(Gate.Kind.SPENT);
    }
}
