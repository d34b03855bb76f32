package dev.klingroutes.task;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Rung when this process made something due, so that the clock need not wait for its tick. */
final class Bell {
    private final Semaphore rung = new Semaphore(0);

    void ring() {
        rung.release();
    }

    /**
     * Waits until it is rung, or this thread shall stop; false: it was not. What rang before
     * counts.
     */
    boolean await(Duration most) {
        try {
            boolean heard = rung.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS);
            return rung.drainPermits() > 0 || heard;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
