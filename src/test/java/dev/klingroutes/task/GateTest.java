package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.task.Gate.Answer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class GateTest {
    private static final int LIMIT = 5;
    private static final Duration PROBE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(60);

    private final TestLedger test;
    private final Ledger ledger;
    private final Gate gate;

    GateTest(TestLedger.On on) {
        test = TestLedger.on(on);
        ledger = test.ledger();
        gate = test.gate();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void who_passes_has_written_the_exact_body_first() {
        Task task = test.claimed(ACCEPTED);

        assertThat(gate.pass(task, "{\"exact\":1}", null, Map.of())).isEqualTo(Answer.GO);

        assertThat(test.find(task).state()).isEqualTo(SUBMITTING);
        assertThat(test.find(task).times().submitting()).isNotNull();
        assertThat(test.value(String.class, "select body from kling_task"))
                .isEqualTo("{\"exact\":1}");
        assertThat(test.until("in_flight_until", task))
                .isBetween(PATIENCE.minusSeconds(20), PATIENCE);
        assertThat(test.untilDue(task)).isBetween(ledger.lease().minusSeconds(20), ledger.lease());
    }

    @Test
    void what_is_at_the_provider_is_never_sent() {
        Task task = test.claimed(TaskState.SUBMITTED);

        assertThatThrownBy(() -> gate.pass(task, "{}", null, Map.of()))
                .isInstanceOf(IllegalStateException.class);
        assertThat(gate.pass(test.claimed(UNCERTAIN), "{}", null, Map.of())).isEqualTo(Answer.LOST);
    }

    @Test
    void the_limit_holds_however_many_ask_at_once() {
        List<Task> tasks = claimed(40);
        List<Gate> gates = List.of(gate, new Gate(test.another(), test.settings()));

        List<List<Answer>> answers =
                Race.of(
                        8,
                        worker ->
                                IntStream.range(0, 5)
                                        .mapToObj(i -> tasks.get(worker * 5 + i))
                                        .map(
                                                task ->
                                                        gates.get(worker % 2)
                                                                .pass(task, "{}", null, Map.of()))
                                        .toList());

        assertThat(answers.stream().flatMap(List::stream).filter(Answer.GO::equals)).hasSize(LIMIT);
        assertThat(ledger.count()).containsEntry(SUBMITTING, LIMIT);
        assertThat(gate.room()).isZero();
    }

    @Test
    void the_limit_holds_while_slots_are_freed() {
        List<Task> tasks = claimed(64);
        List<Ledger> nodes = List.of(ledger, test.another());

        List<Integer> most =
                Race.of(
                        8,
                        worker -> {
                            Ledger node = nodes.get(worker % 2);
                            Gate mine = new Gate(node, test.settings());
                            int seen = 0;
                            for (int i = 0; i < 8; i++) {
                                Task task = tasks.get(worker * 8 + i);
                                if (mine.pass(task, "{}", null, Map.of()) == Answer.GO) {
                                    seen = Math.max(seen, node.count().get(SUBMITTING));
                                    node.write(task.in(SUBMITTING), Move.to(ACCEPTED).never());
                                }
                            }
                            return seen;
                        });

        assertThat(most).allSatisfy(seen -> assertThat(seen).isLessThanOrEqualTo(LIMIT));
        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    @Test
    void one_task_passes_once_even_if_two_have_it() {
        Task task = test.claimed(ACCEPTED);
        Gate other = new Gate(test.another(), test.settings());

        List<Answer> answers =
                Race.of(2, worker -> (worker == 0 ? gate : other).pass(task, "{}", null, Map.of()));

        assertThat(answers).containsExactlyInAnyOrder(Answer.GO, Answer.LOST);
    }

    @Test
    void who_lost_the_claim_does_not_pass() {
        Task old = test.claimed(ACCEPTED);
        test.later(ledger.lease());
        Task taken = test.claim(ACCEPTED);

        assertThat(gate.pass(old, "{}", null, Map.of())).isEqualTo(Answer.LOST);
        assertThat(gate.pass(taken, "{}", null, Map.of())).isEqualTo(Answer.GO);
    }

    @Test
    void nobody_passes_a_closed_account_before_the_probe_and_then_exactly_one() {
        List<Task> tasks = claimed(8);
        gate.closed("1101", "arrears");
        assertThat(gate.room()).isZero();
        assertThat(gate.pass(tasks.get(0), "{}", null, Map.of())).isEqualTo(Answer.CLOSED);
        Gate other = new Gate(test.another(), test.settings());

        test.later(PROBE);

        assertThat(gate.room()).isEqualTo(1);
        assertThat(
                        Race.of(
                                8,
                                worker ->
                                        (worker % 2 == 0 ? gate : other)
                                                .pass(tasks.get(worker), "{}", null, Map.of())))
                .containsOnlyOnce(Answer.GO)
                .containsOnly(Answer.GO, Answer.CLOSED);
        assertThat(gate.room()).isZero();
    }

    @Test
    void a_probe_that_was_not_made_is_left_to_the_next() {
        Task lost = test.claimed(ACCEPTED);
        gate.closed("1101", "arrears");
        test.later(PROBE);
        Task task = test.claim(ACCEPTED);

        assertThat(gate.pass(lost, "{}", null, Map.of())).isEqualTo(Answer.LOST);
        assertThat(gate.pass(task, "{}", null, Map.of())).isEqualTo(Answer.GO);
    }

    @Test
    void a_closed_account_is_news_once_and_open_again_once() {
        assertThat(gate.closed("1101", "arrears")).isTrue();
        assertThat(gate.closed("1101", "arrears")).isFalse();
        assertThat(gate.closed("1002", "wrong key")).isTrue();

        assertThat(gate.created()).isTrue();
        assertThat(gate.created()).isFalse();
        assertThat(gate.room()).isEqualTo(LIMIT);
        assertThat(gate.closed("1101", "arrears")).isTrue();
    }

    @Test
    void a_closed_account_with_all_slots_taken_has_no_room_for_a_probe() {
        claimed(LIMIT).forEach(task -> gate.pass(task, "{}", null, Map.of()));
        gate.closed("1101", "arrears");
        test.later(PROBE);

        assertThat(gate.room()).isZero();
    }

    @Test
    void a_clock_that_was_put_back_keeps_no_account_closed_and_no_slot_taken() {
        claimed(LIMIT).forEach(task -> gate.pass(task, "{}", null, Map.of()));
        gate.closed("1101", "arrears");

        test.later(Duration.ofDays(-400));

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void too_many_tasks_lower_the_limit_to_the_others_that_run() {
        List<Task> tasks = claimed(10);
        tasks.subList(0, 4).forEach(task -> gate.pass(task, "{}", null, Map.of()));

        gate.full();
        ledger.write(tasks.get(3).in(SUBMITTING), Move.to(ACCEPTED).never());

        assertThat(gate.room()).isZero();
        assertThat(gate.pass(tasks.get(5), "{}", null, Map.of())).isEqualTo(Answer.FULL);
    }

    @Test
    void one_task_may_always_run() {
        gate.full();
        gate.full();

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void full_never_raises_the_limit() {
        gate.full();
        test.sql("update kling_gate set limit_now = 5");
        claimed(4).forEach(task -> gate.pass(task, "{}", null, Map.of()));
        test.sql("update kling_gate set limit_now = 1.5");

        gate.full();

        assertThat(limit()).isEqualTo(1.5);
    }

    @Test
    void a_lowered_limit_rises_slowly_and_never_above_the_set_one() {
        gate.full();
        int created = 0;
        int before = 1;
        while (limit() != null) {
            gate.created();
            created++;
            int room = gate.room();
            assertThat(room).isBetween(before, Math.min(before + 1, LIMIT));
            before = room;
        }

        assertThat(created).isBetween(8, 25);
        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    @Test
    void an_unclear_task_counts_until_its_patience_has_run_out() {
        Task unclear = test.claimed(UNCERTAIN);
        ledger.write(unclear, Move.again(Duration.ZERO));
        assertThat(gate.room()).isEqualTo(LIMIT - 1);

        test.later(PATIENCE);

        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    private Double limit() {
        return ledger.read(
                handle ->
                        handle.createQuery("select limit_now from kling_gate")
                                .map((row, context) -> (Double) row.getObject(1))
                                .one());
    }

    private List<Task> claimed(int count) {
        test.accept(IntStream.range(0, count).mapToObj(i -> "p-" + i).toArray(String[]::new));
        return ledger.claim(EnumSet.of(ACCEPTED), count);
    }
}
