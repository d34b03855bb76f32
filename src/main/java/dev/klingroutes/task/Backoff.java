package dev.klingroutes.task;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failures in a row: doubling, with full jitter so that many tasks do not
 * come back together. For trouble only; the wait for a video never grows.
 */
public record Backoff(Duration first, Duration longest) {
    private static final int DOUBLINGS = 20;

    /**
     * @param failures 1 after the first
     */
    public Duration after(int failures) {
        long cap =
                Math.min(
                        longest.toMillis(),
                        first.toMillis() << Math.min(Math.max(failures - 1, 0), DOUBLINGS));
        long floor = Math.min(first.toMillis() / 2, cap);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(floor, cap + 1));
    }
}
