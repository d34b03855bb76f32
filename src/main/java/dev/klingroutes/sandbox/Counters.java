package dev.klingroutes.sandbox;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What {@link Stats} are read from. */
final class Counters {
    final LongAdder createsReceived = new LongAdder();
    final LongAdder created = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder duplicatesRefused = new LongAdder();
    final LongAdder limitRefused = new LongAdder();
    final LongAdder looks = new LongAdder();
    final LongAdder lookups = new LongAdder();
    final LongAdder downloads = new LongAdder();
    final LongAdder leakedHeaders = new LongAdder();
    final LongAdder callbacks = new LongAdder();
    final LongAdder callbacksAnswered = new LongAdder();
    private volatile long latestLookAt;
    private final Map<String, AtomicInteger> looksByTask = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> downloadsByTask = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> faults = new ConcurrentHashMap<>();

    void looked(Task task, long now) {
        latestLookAt = now;
        looksByTask.computeIfAbsent(task.id(), id -> new AtomicInteger()).incrementAndGet();
    }

    void downloaded(Task task) {
        downloads.increment();
        downloadsByTask.computeIfAbsent(task.id(), id -> new AtomicInteger()).incrementAndGet();
    }

    void struck(String fault) {
        faults.computeIfAbsent(fault, name -> new LongAdder()).increment();
    }

    int looksAt(Task task) {
        return looksByTask.getOrDefault(task.id(), new AtomicInteger()).get();
    }

    int downloadsOf(Task task) {
        return downloadsByTask.getOrDefault(task.id(), new AtomicInteger()).get();
    }

    Stats read(Tasks tasks) {
        Map<String, Long> struck = new TreeMap<>();
        faults.forEach((name, times) -> struck.put(name, times.sum()));
        int inFlight = tasks.inFlight();
        return new Stats(
                createsReceived.sum(),
                created.sum(),
                refused.sum(),
                duplicatesRefused.sum(),
                limitRefused.sum(),
                looks.sum(),
                lookups.sum(),
                looksByTask.values().stream().mapToInt(AtomicInteger::get).max().orElse(0),
                latestLookAt,
                downloads.sum(),
                leakedHeaders.sum(),
                callbacks.sum(),
                callbacksAnswered.sum(),
                inFlight,
                tasks.maxInFlight(),
                struck);
    }
}
