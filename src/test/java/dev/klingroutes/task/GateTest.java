package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.Dollars;
import dev.klingroutes.task.Gate.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
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

        assertThat(gate.pass(task, "{\"exact\":1}", null, Map.of(), null).kind())
                .isEqualTo(Kind.GO);

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

        assertThatThrownBy(() -> pass(task)).isInstanceOf(IllegalStateException.class);
        assertThat(pass(test.claimed(UNCERTAIN))).isEqualTo(Kind.LOST);
    }

    @Test
    void the_limit_holds_however_many_ask_at_once() {
        List<Task> tasks = claimed(40);
        List<Gate> gates = List.of(gate, new Gate(test.another(), test.settings()));

        List<List<Kind>> answers =
                Race.of(
                        8,
                        worker ->
                                IntStream.range(0, 5)
                                        .mapToObj(i -> tasks.get(worker * 5 + i))
                                        .map(task -> pass(gates.get(worker % 2), task))
                                        .toList());

        assertThat(answers.stream().flatMap(List::stream).filter(Kind.GO::equals)).hasSize(LIMIT);
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
                                if (pass(mine, task) == Kind.GO) {
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

        List<Kind> answers = Race.of(2, worker -> pass(worker == 0 ? gate : other, task));

        assertThat(answers).containsExactlyInAnyOrder(Kind.GO, Kind.LOST);
    }

    @Test
    void who_lost_the_claim_does_not_pass() {
        Task old = test.claimed(ACCEPTED);
        test.later(ledger.lease());
        Task taken = test.claim(ACCEPTED);

        assertThat(pass(old)).isEqualTo(Kind.LOST);
        assertThat(pass(taken)).isEqualTo(Kind.GO);
    }

    @Test
    void nobody_passes_a_closed_account_before_the_probe_and_then_exactly_one() {
        List<Task> tasks = claimed(8);
        gate.closed("1101", "arrears");
        assertThat(gate.room()).isZero();
        assertThat(pass(tasks.get(0))).isEqualTo(Kind.CLOSED);
        Gate other = new Gate(test.another(), test.settings());

        test.later(PROBE);

        assertThat(gate.room()).isEqualTo(1);
        assertThat(Race.of(8, worker -> pass(worker % 2 == 0 ? gate : other, tasks.get(worker))))
                .containsOnlyOnce(Kind.GO)
                .containsOnly(Kind.GO, Kind.CLOSED);
        assertThat(gate.room()).isZero();
    }

    @Test
    void a_probe_that_was_not_made_is_left_to_the_next() {
        Task lost = test.claimed(ACCEPTED);
        gate.closed("1101", "arrears");
        test.later(PROBE);
        Task task = test.claim(ACCEPTED);

        assertThat(pass(lost)).isEqualTo(Kind.LOST);
        assertThat(pass(task)).isEqualTo(Kind.GO);
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
        claimed(LIMIT).forEach(this::pass);
        gate.closed("1101", "arrears");
        test.later(PROBE);

        assertThat(gate.room()).isZero();
    }

    @Test
    void a_clock_that_was_put_back_keeps_no_account_closed_and_no_slot_taken() {
        claimed(LIMIT).forEach(this::pass);
        gate.closed("1101", "arrears");

        test.later(Duration.ofDays(-400));

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void too_many_tasks_lower_the_limit_to_the_others_that_run() {
        List<Task> tasks = claimed(10);
        tasks.subList(0, 4).forEach(this::pass);

        ledger.write(tasks.get(3).in(SUBMITTING), Move.to(ACCEPTED).never());
        gate.full();

        assertThat(limit()).isEqualTo(3);
        assertThat(gate.room()).isZero();
        assertThat(pass(tasks.get(5))).isEqualTo(Kind.FULL);
    }

    @Test
    void it_says_why_nothing_is_sent() {
        assertThat(gate.standing().shut()).isNull();
        test.claimed(UNCERTAIN);
        for (int i = 1; i < LIMIT; i++) {
            test.claimed(SUBMITTING);
        }

        assertThat(gate.standing().shut())
                .isEqualTo(
                        "all 5 places at the provider are taken, 1 by tasks that may have been"
                                + " created and may still run");
        gate.closed("1102", "HTTP 429, code 1102");
        assertThat(gate.standing().shut())
                .isEqualTo("the account is closed for now: HTTP 429, code 1102");
    }

    @Test
    void a_start_lets_those_try_again_that_wait_for_a_setting() {
        Task task = test.claimed(ACCEPTED);
        ledger.write(task, Move.again(Duration.ofMinutes(10)).told("budget", "spent", null));

        test.restart();

        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void a_name_that_is_learned_late_keeps_a_settled_task_from_being_sent_again() {
        Task task = test.claimed(ACCEPTED);

        ledger.learned(task, "t-1");

        assertThat(test.find(task).state()).isEqualTo(UNCERTAIN);
        assertThat(test.find(task).mayHaveBeenBought()).isTrue();
        assertThat(pass(task)).isEqualTo(Kind.LOST);
    }

    @Test
    void one_task_may_always_run() {
        gate.full();
        gate.full();

        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void full_never_raises_the_limit() {
        claimed(4).forEach(this::pass);
        test.sql("update kling_gate set limit_now = 1");

        gate.full();

        assertThat(limit()).isEqualTo(1);
    }

    @Test
    void a_lowered_limit_rises_by_creates_that_took_its_last_place_and_never_above_the_set_one() {
        List<Task> tasks = claimed(LIMIT);
        pass(tasks.get(0));
        gate.full();
        List<Integer> creates = new ArrayList<>();
        for (int running = 1; limit() != null; running++) {
            int before = limit();
            int created = 0;
            do {
                gate.created();
                created++;
            } while (limit() != null && limit() == before);
            creates.add(created);
            assertThat(gate.room()).isEqualTo(1);
            pass(tasks.get(running));
        }

        assertThat(creates).containsExactly(4, 4, 4, 4);
        assertThat(gate.room()).isZero();
    }

    @Test
    void creates_that_left_a_place_free_say_nothing_about_the_limit() {
        claimed(3).forEach(this::pass);
        gate.full();
        test.sql("update kling_task set in_flight_until = null");

        for (int created = 0; created < 200; created++) {
            gate.created();
        }

        assertThat(limit()).isEqualTo(3);
    }

    @Test
    void each_refusal_makes_it_twice_as_careful_up_to_a_bound() {
        pass(test.claimed(ACCEPTED));
        List<Integer> creates = new ArrayList<>();
        for (int refused = 0; refused < 10; refused++) {
            gate.full();
            assertThat(limit()).isEqualTo(1);
            int created = 0;
            do {
                gate.created();
                created++;
            } while (limit() == 1);
            creates.add(created);
        }

        assertThat(creates).containsExactly(4, 8, 16, 32, 64, 128, 128, 128, 128, 128);
    }

    @Test
    void a_lowered_limit_rises_by_one_an_hour_where_few_tasks_are_sent() {
        gate.full();
        for (int room = 1; room <= LIMIT; room++) {
            assertThat(gate.room()).isEqualTo(room);
            test.later(Duration.ofHours(1));
        }

        assertThat(gate.room()).isEqualTo(LIMIT);
        test.later(Duration.ofDays(-400));
        assertThat(gate.room()).as("a clock that was put back").isEqualTo(1);
    }

    @Test
    void what_no_create_said_about_a_closed_account_another_may_ask_at_once() {
        List<Task> tasks = claimed(3);
        gate.closed("1102", "pack used up");

        gate.unproven();

        assertThat(pass(tasks.get(0))).isEqualTo(Kind.GO);
        assertThat(pass(tasks.get(1))).as("one at a time").isEqualTo(Kind.CLOSED);
        gate.unproven();
        assertThat(pass(tasks.get(2))).isEqualTo(Kind.GO);
    }

    @Test
    void that_nothing_is_proven_closes_no_account_that_is_open() {
        gate.unproven();

        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    @Test
    void an_account_that_is_full_is_open() {
        gate.closed("1102", "pack used up");

        assertThat(gate.full()).isTrue();
        assertThat(gate.full()).isFalse();
        assertThat(gate.room()).isEqualTo(1);
    }

    @Test
    void an_unclear_task_passes_once_more_with_its_body_though_no_place_and_no_money_is_left() {
        Task unclear = test.claimed(UNCERTAIN);
        claimed(LIMIT - 1).forEach(this::pass);
        test.sql("update kling_task set cost = 7, bought_day = 1 where state = 'UNCERTAIN'");
        assertThat(gate.room()).isZero();
        String body = test.value(String.class, bodyOf(unclear));

        Gate.Resent resent = gate.resend(unclear, null).orElseThrow();

        assertThat(resent.body()).isEqualTo(body);
        assertThat(resent.task()).isEqualTo(test.find(unclear));
        assertThat(resent.task().state()).isEqualTo(SUBMITTING);
        assertThat(resent.task().times().resent()).isNotNull();
        assertThat(resent.task().externalId()).isEqualTo(unclear.externalId());
        assertThat(resent.task().money().cost()).isEqualTo(new Dollars(7));
        assertThat(resent.task().money().boughtDay()).isEqualTo(1);
        assertThat(test.untilDue(unclear))
                .isBetween(ledger.lease().minusSeconds(20), ledger.lease());
        assertThat(gate.room()).isZero();
    }

    @Test
    void it_never_passes_a_second_time() {
        Task unclear = test.claimed(UNCERTAIN);
        Gate other = new Gate(test.another(), test.settings());

        assertThat(
                        Race.of(
                                4,
                                worker ->
                                        (worker % 2 == 0 ? gate : other)
                                                .resend(unclear, null)
                                                .isPresent()))
                .containsOnlyOnce(true);

        test.later(ledger.lease());
        Task cut = test.claim(SUBMITTING);
        ledger.write(cut, Move.to(UNCERTAIN));
        assertThat(gate.resend(test.claim(UNCERTAIN), null)).isEmpty();
    }

    @Test
    void it_does_not_pass_while_the_account_is_closed_nor_as_a_probe() {
        Task unclear = test.claimed(UNCERTAIN);
        gate.closed("1102", "pack used up");
        assertThat(gate.resend(unclear, null)).isEmpty();

        gate.unproven();

        assertThat(gate.resend(unclear, null)).isEmpty();
        assertThat(test.find(unclear).state()).isEqualTo(UNCERTAIN);
    }

    @Test
    void it_does_not_pass_by_who_lost_the_claim_nor_when_it_was_named_meanwhile() {
        Task lost = test.claimed(UNCERTAIN);
        test.later(ledger.lease());
        Task taken = test.claim(UNCERTAIN);
        assertThat(gate.resend(lost, null)).isEmpty();

        ledger.learned(taken, "t-1");

        assertThat(gate.resend(taken, null)).isEmpty();
    }

    @Test
    void a_task_that_was_cancelled_after_it_was_sent_keeps_its_place() throws NotPossible {
        Task task = test.claimed(TaskState.SUBMITTED);

        new ByHand(ledger).cancel(task);

        assertThat(gate.room()).isEqualTo(LIMIT - 1);
        test.later(PATIENCE);
        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    @ParameterizedTest
    @EnumSource(
            value = TaskState.class,
            names = {"SUBMITTING", "UNCERTAIN", "SUBMITTED", "OVERDUE"})
    void what_may_run_at_the_provider_has_a_place(TaskState state) {
        test.claimed(state);

        assertThat(gate.room()).isEqualTo(LIMIT - 1);
    }

    @Test
    void an_unclear_task_counts_until_its_patience_has_run_out() {
        Task unclear = test.claimed(UNCERTAIN);
        ledger.write(unclear, Move.again(Duration.ZERO));
        assertThat(gate.room()).isEqualTo(LIMIT - 1);

        test.later(PATIENCE);

        assertThat(gate.room()).isEqualTo(LIMIT);
    }

    private Kind pass(Task task) {
        return pass(gate, task);
    }

    private static Kind pass(Gate gate, Task task) {
        return gate.pass(task, "{}", null, Map.of(), null).kind();
    }

    private static String bodyOf(Task task) {
        return "select body from kling_task where id = '" + task.id() + "'";
    }

    private Integer limit() {
        return ledger.read(
                handle ->
                        handle.createQuery("select limit_now from kling_gate")
                                .mapTo(Integer.class)
                                .one());
    }

    private List<Task> claimed(int count) {
        test.accept(IntStream.range(0, count).mapToObj(i -> "p-" + i).toArray(String[]::new));
        return ledger.claim(EnumSet.of(ACCEPTED), count);
    }
}
