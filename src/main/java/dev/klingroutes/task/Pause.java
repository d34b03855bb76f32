package dev.klingroutes.task;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Holds creates back while none of them comes to anything, because the provider is gone, full or
 * talks rubbish: then one at a time tries, with gaps that grow to 30 s, however many tasks wait.
 * Each process learns it for itself, by a time that no clock can turn.
 */
final class Pause {
    /** A try that is not made after so long, because no task came to it, is granted again. */
    private static final Duration GRANT = Duration.ofSeconds(1);

    private static final Backoff GAP = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final int tries;
    private final LongSupplier nanos;
    private int vain;
    private long until;
    private boolean granted;

    /**
     * @param tries so many may come to nothing in a row before the next ones wait
     */
    Pause(int tries, LongSupplier nanos) {
        this.tries = tries;
        this.nanos = nanos;
    }

    /**
     * A create is sent; nobody knows yet what comes of it. One that was claimed before the others
     * were held back is no new try: a burst of them must not make the gap longest at once.
     */
    synchronized void begun() {
        if (!going() || granted) {
            granted = false;
            vain++;
            if (going()) {
                until = nanos.getAsLong() + GAP.after(vain - tries + 1).toNanos();
            }
        }
    }

    /** Whether creates are held back. */
    synchronized boolean going() {
        return vain >= tries;
    }

    /** The provider has answered a create as it should. */
    synchronized void over() {
        vain = 0;
        granted = false;
    }

    /** How many of so many may be sent now; a try that is granted is not granted again at once. */
    synchronized int of(int room) {
        if (!going()) {
            return room;
        }
        long now = nanos.getAsLong();
        if (room <= 0 || now - until < 0) {
            return 0;
        }
        granted = true;
        until = now + GRANT.toNanos();
        return 1;
    }
}
