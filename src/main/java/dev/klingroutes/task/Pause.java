package dev.klingroutes.task;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Holds creates back while none of them comes to anything, because the provider is gone, full or
 * talks rubbish: then one at a time tries, with gaps that grow to 30 s, however many tasks wait.
 * Each process learns it for itself, by a time that no clock can turn.
 */
final class Pause {
    private static final Backoff GAP = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final int tries;
    private final LongSupplier nanos;
    private int vain;
    private long until;

    /**
     * @param tries so many may come to nothing in a row before the next ones wait
     */
    Pause(int tries, LongSupplier nanos) {
        this.tries = tries;
        this.nanos = nanos;
    }

    /** A create is sent; nobody knows yet what comes of it. */
    synchronized void begun() {
        vain++;
        if (vain >= tries) {
            until = nanos.getAsLong() + GAP.after(vain - tries + 1).toNanos();
        }
    }

    /** The provider has answered a create as it should. */
    synchronized void over() {
        vain = 0;
    }

    /** How many of so many may be sent now. */
    synchronized int of(int room) {
        if (vain < tries) {
            return room;
        }
        return nanos.getAsLong() - until < 0 ? 0 : Math.min(1, room);
    }
}
