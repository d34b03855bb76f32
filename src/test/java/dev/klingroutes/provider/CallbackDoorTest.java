package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.SUBMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.provider.CallbackDoor.Hint;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class CallbackDoorTest {
    private final AtomicLong nanos = new AtomicLong();
    private final TestLedger test;
    private final CallbackDoor door;
    private int calls;

    CallbackDoorTest(TestLedger.On on) {
        test = TestLedger.on(on);
        Callbacks callbacks = new Callbacks(test.ledger());
        door =
                new CallbackDoor(
                        callbacks,
                        new CallbackArrivals(callbacks, test.settings()),
                        new News(),
                        nanos::get);
    }

    @AfterEach
    void close() {
        test.close();
    }

    /** A callback that is unlike all others. */
    private Hint hint(CallbackToken token) {
        return door.heard(
                        "/kling/callbacks/" + token.secret(),
                        Answer.bytes("{\"n\":" + calls++ + "}"))
                .hint();
    }

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    @Test
    void a_task_is_looked_at_once_a_second_and_what_came_last_is_followed_by_a_look() {
        Task task = test.claimed(SUBMITTED);
        CallbackToken token = test.token(task);

        assertThat(hint(token).millis()).isZero();
        pass(100);
        assertThat(hint(token).millis()).isEqualTo(900);
        assertThat(hint(token).millis()).isNull();
        pass(899);
        assertThat(hint(token).millis()).isNull();
        pass(1);
        assertThat(hint(token).millis()).isEqualTo(1000);
        pass(5000);
        assertThat(hint(token).millis()).isZero();
        Task dog = test.claimed(SUBMITTED, "dog");
        assertThat(hint(test.token(dog)).millis()).isZero();
    }

    @Test
    void a_look_that_is_put_off_is_due_only_then() {
        Task task = test.claimed(SUBMITTED);
        CallbackToken token = test.token(task);
        hint(token);
        Hint later = hint(token);
        test.ledger().write(task, Move.again(Duration.ofHours(1)));

        assertThat(door.write(later)).isEqualTo(later);
        assertThat(test.untilDue(task)).isPositive();
        door.look(later);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ZERO);
    }
}
