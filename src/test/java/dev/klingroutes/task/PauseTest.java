package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PauseTest {
    private static final int TRIES = 10;
    private static final int WAITING = 200;

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1);
    private final Pause pause = new Pause(TRIES, time::get);

    private int triesWithin(Duration span) {
        int tries = 0;
        for (long millis = 0; millis < span.toMillis(); millis += 100) {
            for (int room = pause.of(WAITING); room > 0; room = pause.of(WAITING)) {
                pause.begun();
                tries++;
            }
            time.addAndGet(Duration.ofMillis(100).toNanos());
        }
        return tries;
    }

    @Test
    void an_hour_without_an_answer_costs_few_creates_however_many_tasks_wait() {
        int first = triesWithin(Duration.ofMinutes(1));
        assertThat(first).isBetween(TRIES, TRIES + 30);

        assertThat(triesWithin(Duration.ofMinutes(59))).isBetween(59, 59 * 10);
    }

    @Test
    void all_may_go_on_as_soon_as_one_was_answered() {
        triesWithin(Duration.ofHours(1));

        pause.over();

        assertThat(pause.of(WAITING)).isEqualTo(WAITING);
    }

    @Test
    void what_is_only_slow_is_not_held_back() {
        for (int i = 0; i < TRIES - 1; i++) {
            pause.begun();
        }
        assertThat(pause.of(WAITING)).isEqualTo(WAITING);
    }

    @Test
    void one_at_a_time_tries_and_never_more_than_there_is_room_for() {
        for (int i = 0; i < TRIES; i++) {
            pause.begun();
        }
        assertThat(pause.of(WAITING)).isZero();
        time.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(pause.of(WAITING)).isEqualTo(1);
        assertThat(pause.of(0)).isZero();
    }

    @Test
    void a_burst_that_was_claimed_before_is_one_bad_moment_not_many() {
        for (int i = 0; i < 3 * TRIES; i++) {
            pause.begun();
        }
        time.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(pause.of(WAITING)).isEqualTo(1);
    }

    @Test
    void a_try_that_was_granted_is_not_granted_to_the_next_who_asks() {
        for (int i = 0; i < TRIES; i++) {
            pause.begun();
        }
        time.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(pause.of(WAITING)).isEqualTo(1);
        assertThat(pause.of(WAITING)).isZero();
        // nothing was due
        time.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(pause.of(WAITING)).isEqualTo(1);
    }
}
