package dev.klingroutes.task;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A ledger that cannot be used for now: its server is gone, its disk is full. Told once. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger("kling");

    /** Without a failure for so long, it may be over. */
    private static final long CALM_NANOS = Duration.ofSeconds(5).toNanos();

    private final LedgerSource source;
    private boolean going;
    private long failed;

    Outage(LedgerSource source) {
        this.source = source;
    }

    /** Whether the database is the reason, and not what was asked of it. */
    boolean is(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && source.database().outOfReach(sql)) {
                return true;
            }
        }
        return false;
    }

    /** Does what is asked, and tells if the ledger could not. */
    <T> T watch(Supplier<T> asked) {
        try {
            return asked.get();
        } catch (JdbiException e) {
            if (is(e)) {
                begins(e);
            }
            throw e;
        }
    }

    private synchronized void begins(JdbiException e) {
        failed = System.nanoTime();
        if (!going) {
            going = true;
            LOG.error(
                    "the ledger {} cannot be used, nothing is bought and all waits until it can: {}",
                    source.shown(),
                    source.reason(e));
        }
    }

    /**
     * Asks whether it is over, which only a write shows: what is read, or changes nothing, succeeds
     * on a full disk.
     */
    void ask(Runnable write) {
        if (!calm()) {
            return;
        }
        try {
            write.run();
        } catch (JdbiException e) {
            begins(e);
            return;
        }
        ends();
    }

    private synchronized boolean calm() {
        return going && System.nanoTime() - failed > CALM_NANOS;
    }

    private synchronized void ends() {
        if (going) {
            going = false;
            LOG.info("the ledger can be used again, all goes on");
        }
    }
}
