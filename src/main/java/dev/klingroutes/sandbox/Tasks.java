package dev.klingroutes.sandbox;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All tasks, and the two rules of the account they belong to.
 *
 * <p>An external_task_id is taken for good and over all kinds, and a task holds its slot from its
 * creation to its end. Source: aself101/kling-api README, measured 2026-09-22; Kling's concurrency
 * page, fetched 2026-09-20.
 */
final class Tasks {
    private final Clock clock;
    private final int limit;
    private final Counters counters;
    private final TaskFolder folder;
    private final Map<String, Task> byId = new ConcurrentHashMap<>();
    private final Map<String, Task> byExternalId = new ConcurrentHashMap<>();
    private final List<Task> inOrder = new ArrayList<>();
    private final PriorityQueue<Task> running =
            new PriorityQueue<>(Comparator.comparingLong(Task::endsAt));
    private long lastId;
    private int maxInFlight;

    Tasks(Clock clock, int limit, Counters counters, TaskFolder folder, Collection<Task> kept) {
        this.clock = clock;
        this.limit = limit;
        this.counters = counters;
        this.folder = folder;
        lastId = Math.max(100_000_000_000_000_000L, clock.millis() * 100_000);
        kept.forEach(this::add);
        inFlight();
    }

    synchronized Task create(
            String path, Map<String, Object> request, long renderMillis, Task.Outcome outcome)
            throws Refused {
        if (request.get("external_task_id") instanceof String id && byExternalId.containsKey(id)) {
            counters.duplicatesRefused.increment();
            throw new Refused(1201, "external_task_id already exists");
        }
        if (limit > 0 && inFlight() >= limit) {
            counters.limitRefused.increment();
            throw new Refused(1303);
        }
        Task task =
                new Task(
                        String.valueOf(lastId + 1),
                        path,
                        clock.millis(),
                        renderMillis,
                        outcome,
                        request);
        folder.append(task);
        add(task);
        inFlight();
        counters.created.increment();
        return task;
    }

    private void add(Task task) {
        byId.put(task.id(), task);
        if (task.externalId() != null) {
            byExternalId.put(task.externalId(), task);
        }
        inOrder.add(task);
        running.add(task);
        lastId = Math.max(lastId, Long.parseLong(task.id()));
    }

    /** The task, or null. */
    Task byId(String id) {
        return byId.get(id);
    }

    /** The task, or null; one of another path is not found under this one. */
    Task byId(String path, String id) {
        return under(path, byId.get(id));
    }

    Task byExternalId(String path, String id) {
        return under(path, byExternalId.get(id));
    }

    private static Task under(String path, Task task) {
        return task != null && task.path().equals(path) ? task : null;
    }

    synchronized Task newest(String path) {
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            if (inOrder.get(i).path().equals(path)) {
                return inOrder.get(i);
            }
        }
        return null;
    }

    synchronized int inFlight() {
        long now = clock.millis();
        while (!running.isEmpty() && running.peek().endsAt() <= now) {
            running.remove();
        }
        maxInFlight = Math.max(maxInFlight, running.size());
        return running.size();
    }

    synchronized int maxInFlight() {
        return maxInFlight;
    }

    synchronized List<SandboxTask> inOrder() {
        long now = clock.millis();
        return inOrder.stream()
                .map(
                        task ->
                                new SandboxTask(
                                        task.id(),
                                        task.externalId(),
                                        task.path(),
                                        task.text("prompt"),
                                        task.request(),
                                        Instant.ofEpochMilli(task.createdAt()),
                                        task.status(now),
                                        counters.looksAt(task),
                                        counters.downloadsOf(task)))
                .toList();
    }
}
