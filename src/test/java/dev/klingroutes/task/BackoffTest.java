package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "2,2", "3,4", "4,8", "5,16", "6,30", "99,30", "2147483647,30"})
    void the_wait_doubles_up_to_the_longest(int failures, int seconds) {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.after(failures))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(seconds));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "50,1"})
    void a_first_wait_above_the_longest_is_the_longest(int failures, int seconds) {
        assertThat(new Backoff(Duration.ofHours(9), Duration.ofSeconds(1)).after(failures))
                .isEqualTo(Duration.ofSeconds(seconds));
    }
}
