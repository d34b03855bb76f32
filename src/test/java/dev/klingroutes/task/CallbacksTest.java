package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.Callbacks.Owner;
import dev.klingroutes.task.Callbacks.Sound;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class CallbacksTest {
    private final TestLedger test;
    private final Callbacks callbacks;

    CallbacksTest(TestLedger.On on) {
        test = TestLedger.on(on);
        callbacks = new Callbacks(test.ledger());
    }

    @AfterEach
    void close() {
        test.close();
    }

    /** Sent with a token: SUBMITTING, and still claimed. */
    private Task sent(CallbackToken token) {
        Task task = test.claimed(ACCEPTED);
        assertThat(test.gate().pass(task, "{}", null, Map.of(), token).kind())
                .isEqualTo(Gate.Kind.GO);
        return test.find(task);
    }

    private Task sent(CallbackToken token, TaskState state) {
        Task task = sent(token);
        Move move = Move.to(state).due(Duration.ofHours(1));
        assertThat(test.ledger().write(task, state == SUBMITTED ? move.taskId("t") : move))
                .isTrue();
        return test.find(task);
    }

    @Test
    void a_token_has_256_bits_and_is_never_the_same() {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            secrets.add(CallbackToken.fresh().secret());
        }

        assertThat(secrets).hasSize(1000).allMatch(secret -> secret.matches("[A-Za-z0-9_-]{43}"));
        assertThat(CallbackToken.fresh().toString()).isEqualTo("a callback token");
    }

    @Test
    void a_token_is_good_from_the_moment_of_submitting_and_only_its_hash_is_kept() {
        CallbackToken token = CallbackToken.fresh();
        Task task = sent(token);

        assertThat(callbacks.owner(token)).contains(new Owner(task.id(), SUBMITTING));
        assertThat(callbacks.owner(CallbackToken.fresh())).isEmpty();
        assertThat(test.value(String.class, "select hash from kling_callback"))
                .isEqualTo(token.hash())
                .matches("[0-9a-f]{64}");
        assertThat(CallbackToken.of(token.hash())).isNull();
    }

    @Test
    void no_token_is_kept_of_a_task_that_did_not_pass_the_gate() {
        Task task = test.claimed(ACCEPTED);
        test.later(test.ledger().lease());
        test.claim(ACCEPTED);

        assertThat(test.gate().pass(task, "{}", null, Map.of(), CallbackToken.fresh()).kind())
                .isEqualTo(Gate.Kind.LOST);
        assertThat(test.value(Integer.class, "select count(*) from kling_callback")).isZero();
    }

    @Test
    void every_token_that_was_sent_for_a_task_stays_good() throws Exception {
        CallbackToken first = CallbackToken.fresh();
        Task task = sent(first);
        test.ledger().write(task, Move.to(ACCEPTED).due(Duration.ZERO));
        CallbackToken second = CallbackToken.fresh();
        test.gate().pass(test.claim(ACCEPTED), "{}", null, Map.of(), second);

        assertThat(callbacks.owner(first)).isEqualTo(callbacks.owner(second)).isPresent();
    }

    @Test
    void a_callback_makes_a_waiting_task_due_and_one_that_is_due_keeps_its_place() {
        CallbackToken token = CallbackToken.fresh();
        Task task = sent(token, SUBMITTED);

        callbacks.heard(task.id(), token, null);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ZERO);

        test.later(Duration.ofSeconds(1));
        long due = test.column("due_at", task);
        callbacks.heard(task.id(), token, null);
        assertThat(test.column("due_at", task)).isEqualTo(due);
    }

    @Test
    void a_callback_during_a_look_is_followed_by_one_more() {
        CallbackToken token = CallbackToken.fresh();
        Task task = sent(token, SUBMITTED);
        callbacks.heard(task.id(), token, null);
        Task looking = test.claim(SUBMITTED);

        callbacks.heard(task.id(), token, null);
        callbacks.heard(task.id(), token, null);
        assertThat(test.untilDue(task)).isPositive();

        test.ledger().write(looking, Move.again(Duration.ofMinutes(1)));
        Task once = test.claim(SUBMITTED);
        test.ledger().write(once, Move.again(Duration.ofMinutes(1)));
        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofSeconds(50));
    }

    @ParameterizedTest
    @EnumSource(names = {"SUBMITTING", "UNCERTAIN"})
    void what_a_callback_calls_an_unclear_task_is_kept_apart(TaskState state) {
        CallbackToken token = CallbackToken.fresh();
        Task task = state == SUBMITTING ? sent(token) : sent(token, UNCERTAIN);

        callbacks.heard(task.id(), token, "false");
        callbacks.heard(task.id(), token, "false");
        test.later(Duration.ofMillis(5));
        callbacks.heard(task.id(), token, "true");

        assertThat(test.find(task).taskId()).isNull();
        assertThat(callbacks.hearsay(task)).contains("false");
        callbacks.refuted(task, "false");
        assertThat(callbacks.hearsay(task)).contains("true");
        callbacks.refuted(task, "true");
        assertThat(callbacks.hearsay(task)).isEmpty();
    }

    @Test
    void what_a_callback_calls_a_task_that_is_known_is_not_even_kept() {
        CallbackToken token = CallbackToken.fresh();
        Task task = sent(token, SUBMITTED);

        callbacks.heard(task.id(), token, "false");

        assertThat(callbacks.hearsay(task)).isEmpty();
        assertThat(test.find(task).taskId()).isEqualTo("t");
    }

    @Test
    void hearsay_is_bounded_and_what_was_looked_at_in_vain_comes_after_the_others() {
        CallbackToken token = CallbackToken.fresh();
        Task task = sent(token, UNCERTAIN);
        for (int i = 0; i < 20; i++) {
            callbacks.heard(task.id(), token, "x" + i);
        }
        assertThat(test.value(Integer.class, "select count(*) from kling_hearsay")).isEqualTo(5);

        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                assertThat(callbacks.hearsay(task)).contains("x" + i);
                callbacks.unanswered(task, "x" + i);
            }
        }
    }

    @Test
    void an_id_of_another_task_is_known_as_such() {
        Task cat = sent(CallbackToken.fresh(), SUBMITTED);
        Task dog = sent(CallbackToken.fresh(), UNCERTAIN);

        assertThat(callbacks.anothers(dog, "t")).isTrue();
        assertThat(callbacks.anothers(cat, "t")).isFalse();
        assertThat(callbacks.anothers(dog, "u")).isFalse();
    }

    @Test
    void what_was_heard_of_an_earlier_purchase_is_not_about_the_new_one() throws Exception {
        CallbackToken old = CallbackToken.fresh();
        Task first = sent(old, UNCERTAIN);
        callbacks.heard(first.id(), old, "old");
        test.ledger().learned(first, "old");
        test.ledger().write(test.claim(UNCERTAIN), Move.to(TaskState.FAILED));
        new ByHand(test.ledger()).retry(test.find(first));
        CallbackToken token = CallbackToken.fresh();
        test.gate().pass(test.claim(ACCEPTED), "{}", null, Map.of(), token);
        Task again = test.find(first);

        assertThat(again.state()).isEqualTo(SUBMITTING);
        assertThat(callbacks.hearsay(again)).isEmpty();
        callbacks.heard(again.id(), old, "old");
        assertThat(callbacks.hearsay(again)).isEmpty();
        assertThat(callbacks.anothers(again, "old")).isTrue();
        callbacks.heard(again.id(), token, "new");
        assertThat(callbacks.hearsay(again)).contains("new");
        assertThat(callbacks.anothers(again, "new")).isFalse();
    }

    @Test
    void it_is_known_whether_callbacks_came() {
        assertThat(callbacks.sound(test.claimed(SUBMITTED))).isEqualTo(Sound.NOT_ASKED);
        CallbackToken token = CallbackToken.fresh();
        Task silent = sent(token, SUBMITTED);

        assertThat(callbacks.sound(silent)).isEqualTo(Sound.SILENT);
        callbacks.heard(silent.id(), token, null);
        assertThat(callbacks.sound(silent)).isEqualTo(Sound.HEARD);
    }

    @Test
    void a_trial_is_nobodys_task_and_is_forgotten() {
        CallbackToken left = callbacks.trial();
        assertThat(callbacks.owner(left)).contains(new Owner(null, null));
        assertThat(callbacks.owner(left).orElseThrow().waits()).isFalse();
        test.sql("update kling_callback set made_at = made_at - 120000");

        CallbackToken trial = callbacks.trial();
        assertThat(callbacks.owner(left)).isEmpty();
        callbacks.over(trial);
        assertThat(callbacks.owner(trial)).isEmpty();
    }
}
