package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.SUBMITTING;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import dev.klingroutes.task.LedgerSource;
import dev.klingroutes.task.LedgerSpace;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class ResendTest {
    private static final byte[] NOT_FOUND = Answer.error("1201", "Task not found");

    private final TestLedger test;
    private final Lookup lookup;
    private final Resend resend;

    ResendTest(TestLedger.On on) {
        test = TestLedger.on(on);
        lookup = new Lookup(test.ledger());
        resend = resend("resend");
    }

    private Resend resend(String how) {
        return new Resend(
                test.ledger(),
                test.gate(),
                new LedgerSpace(new LedgerSource(test.settings()), test.settings(), new News()),
                Settings.of(Map.of("kling.submit.uncertain", how)));
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void it_is_due_after_about_two_minutes_of_looking_up() {
        Task task = test.claimed(SUBMITTING);
        test.ledger().write(task, Submit.unanswered("reset"));
        Duration waited = Duration.ZERO;
        while (true) {
            Duration next = test.untilDue(task);
            waited = waited.plus(next);
            test.later(next.plusMillis(1));
            task = test.claim(UNCERTAIN);
            if (resend.due(task)) {
                break;
            }
            lookup.park(task, lookup.found(lookup.call(task), 400, NOT_FOUND));
        }

        assertThat(waited).isBetween(Duration.ofSeconds(115), Duration.ofSeconds(130));
    }

    @Test
    void parked_tasks_are_never_sent_again() {
        Task task = lookedUp();
        assertThat(resend.due(task)).isTrue();

        assertThat(resend("park").due(task)).isFalse();
        assertThat(resend(test.settings().text("kling.submit.uncertain")).due(task)).isFalse();
    }

    @Test
    void what_the_provider_has_for_sure_is_never_sent_again() {
        Task task = lookedUp();
        test.ledger().write(task, Move.again(Duration.ZERO).decided("exists", "1201", "m", "r"));
        assertThat(resend.due(test.claim(UNCERTAIN))).isFalse();

        Task named = lookedUp();
        test.ledger().learned(named, "t-1");
        assertThat(resend.due(test.find(named))).isFalse();
    }

    @Test
    void the_same_bytes_go_under_the_same_id() {
        Task task = lookedUp();

        Call call = resend.begin(task);

        assertThat(call.url()).isEqualTo(TestLedger.ADDRESS + "/kling/v1/videos/text2video");
        assertThat(call.body()).isEqualTo(test.value(String.class, "select body from kling_task"));
        assertThat(call.task().state()).isEqualTo(SUBMITTING);
        assertThat(call.task().externalId()).isEqualTo(task.externalId());
    }

    @Test
    void a_crash_while_it_is_sent_once_more_sends_nothing_a_third_time() {
        resend.begin(lookedUp());
        test.later(test.ledger().lease());
        test.restart();
        Task cut = test.claim(SUBMITTING);
        Lookup again = new Lookup(test.ledger());

        again.park(cut, again.found(again.call(cut), 400, NOT_FOUND));

        test.sql("update kling_task set failures = 9, due_at = 0");
        Task unclear = test.claim(UNCERTAIN);
        assertThat(resend.due(unclear)).isFalse();
        assertThat(test.gate().resend(unclear, null)).isEmpty();
    }

    @Test
    void a_closed_account_is_asked_again_in_a_minute() {
        Task task = lookedUp();
        test.gate().closed("1102", "pack used up");

        assertThat(resend.begin(task)).isNull();

        assertThat(test.find(task).state()).isEqualTo(UNCERTAIN);
        assertThat(test.untilDue(task)).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
        test.gate().created();
        test.later(Duration.ofMinutes(1));
        assertThat(resend.begin(test.claim(UNCERTAIN))).isNotNull();
    }

    private Task lookedUp() {
        Task task = test.claimed(UNCERTAIN);
        test.ledger().write(task, Move.again(Duration.ZERO).failures(5));
        return test.claim(UNCERTAIN);
    }
}
