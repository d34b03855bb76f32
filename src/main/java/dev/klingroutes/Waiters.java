package dev.klingroutes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Futures of tasks that have not ended. While there are any, one thread asks about them, once in a
 * tick and about so many at once, those that waited longest for it first.
 */
final class Waiters {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final int AT_ONCE = 1000;
    private static final int IDLE_SECONDS = 1;
    private static final int CLOSING_SECONDS = 5;

    private final Function<Collection<String>, List<KlingTask>> ended;
    private final Duration tick;
    private final Map<String, Set<CompletableFuture<KlingTask>>> waiting = new LinkedHashMap<>();
    private ScheduledThreadPoolExecutor thread;
    private boolean looking;
    private boolean troubled;
    private boolean closed;

    /**
     * @param ended tells which of these tasks have ended
     */
    Waiters(Function<Collection<String>, List<KlingTask>> ended, Duration tick) {
        this.ended = ended;
        this.tick = tick;
    }

    CompletableFuture<KlingTask> add(String id) {
        CompletableFuture<KlingTask> future = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(stopped(id));
            }
            waiting.computeIfAbsent(id, any -> new HashSet<>()).add(future);
            if (!looking) {
                looking = true;
                lookLater();
            }
        }
        // also when its owner cancels it, or a time limit of his runs out
        future.whenComplete((task, trouble) -> forget(id, future));
        return future;
    }

    private synchronized void forget(String id, CompletableFuture<KlingTask> future) {
        Set<CompletableFuture<KlingTask>> futures = waiting.get(id);
        if (futures != null && futures.remove(future) && futures.isEmpty()) {
            waiting.remove(id);
        }
    }

    private void lookLater() {
        if (thread == null) {
            thread = new ScheduledThreadPoolExecutor(1, Waiters::daemon);
            thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
            thread.allowCoreThreadTimeOut(true);
        }
        thread.schedule(this::look, tick.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "kling-await");
        thread.setDaemon(true);
        return thread;
    }

    private void look() {
        try {
            for (KlingTask task : ended.apply(next())) {
                for (CompletableFuture<KlingTask> future : take(task.id())) {
                    // what hangs on it may take long, and is not ours
                    future.completeAsync(() -> task);
                }
            }
            troubled = false;
        } catch (RuntimeException e) {
            if (!troubled) {
                troubled = true;
                LOG.warn("the ledger cannot be asked who has ended; asked again: {}", e.toString());
            }
        } finally {
            again();
        }
    }

    /** The next ones to ask about; they go to the end of the line. */
    private synchronized List<String> next() {
        List<String> ids = waiting.keySet().stream().limit(AT_ONCE).toList();
        if (ids.size() < waiting.size()) {
            ids.forEach(id -> waiting.put(id, waiting.remove(id)));
        }
        return ids;
    }

    private synchronized Collection<CompletableFuture<KlingTask>> take(String id) {
        Set<CompletableFuture<KlingTask>> futures = waiting.remove(id);
        return futures == null ? List.of() : futures;
    }

    private synchronized void again() {
        looking = !waiting.isEmpty() && !closed;
        if (looking) {
            lookLater();
        }
    }

    /** How many tasks are waited for. */
    synchronized int count() {
        return waiting.size();
    }

    void close() {
        Map<String, Set<CompletableFuture<KlingTask>>> open;
        synchronized (this) {
            closed = true;
            open = new LinkedHashMap<>(waiting);
            waiting.clear();
            if (thread != null) {
                thread.shutdown();
            }
        }
        open.forEach(
                (id, futures) ->
                        new ArrayList<>(futures)
                                .forEach(future -> future.completeExceptionally(stopped(id))));
        try {
            if (thread != null) {
                thread.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static IllegalStateException stopped(String id) {
        return new IllegalStateException(
                "Kling Routes was stopped before the task "
                        + id
                        + " ended. The task itself goes on: await it again after the next start.");
    }
}
