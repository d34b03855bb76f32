package dev.klingroutes.task;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads on which no transaction of a host can be. Spring's and JTA's hang on the thread that
 * began them, and a connection taken there would join them: what was paid would be forgotten by a
 * host that rolls back.
 */
final class Apart implements AutoCloseable {
    private static final int IDLE_SECONDS = 10;

    private static final class Own extends Thread {
        Own(Runnable work, int number) {
            super(null, work, "kling-ledger-" + number, 0, false);
            setDaemon(true);
        }
    }

    private final AtomicInteger made = new AtomicInteger();

    /** As many as ask at one time: the host's pool is the bound. */
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    work -> new Own(work, made.incrementAndGet()));

    /** Waits for the result even when interrupted: what a transaction did must be known. */
    <T> T call(Supplier<T> work) {
        if (Thread.currentThread() instanceof Own) {
            return work.get();
        }
        try {
            return CompletableFuture.supplyAsync(work, threads).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
