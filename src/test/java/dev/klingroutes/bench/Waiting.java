package dev.klingroutes.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntToLongFunction;

/**
 * A task that was submitted and is waited for, known to sandbox and ledger.
 *
 * @param taskId what the provider calls it
 * @param id what we call it
 * @param createdAt epoch milliseconds
 * @param renderMillis from its creation to its end
 * @param dueAt when it is to be looked at, epoch milliseconds
 */
record Waiting(String taskId, String id, long createdAt, long renderMillis, long dueAt) {
    /** Tasks that end after an hour, whose looks are spread evenly over one spacing. */
    static List<Waiting> evenly(int tasks, Duration spacing, long firstDue) {
        return all(
                tasks,
                i -> Duration.ofHours(1).toMillis(),
                i -> firstDue + spacing.toMillis() * i / tasks);
    }

    static List<Waiting> all(int tasks, IntToLongFunction renderMillis, IntToLongFunction dueAt) {
        long now = System.currentTimeMillis();
        List<Waiting> all = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            all.add(
                    new Waiting(
                            String.valueOf(100_000_000_000_000_001L + i),
                            UUID.randomUUID().toString(),
                            now,
                            renderMillis.applyAsLong(i),
                            dueAt.applyAsLong(i)));
        }
        return all;
    }

    /** Such as {@code cup-000000000000000001}: its files are called so. */
    String stem() {
        return "cup-" + taskId.substring(1);
    }

    String request() {
        return "{\"prompt\":\"a small ceramic cup number %s\",\"model_name\":\"kling-v3\",\"mode\":\"std\",\"duration\":\"5\",\"aspect_ratio\":\"16:9\",\"sound\":\"off\"}"
                .formatted(taskId);
    }

    /** The body of its create call. */
    String body() {
        return request().replaceFirst("}$", ",\"external_task_id\":\"" + id + "\"}");
    }

    /** A line of the file in which a sandbox keeps its tasks. */
    String atTheSandbox() {
        return "{\"id\":\"%s\",\"path\":\"videos/text2video\",\"createdAt\":%d,\"renderMillis\":%d,\"outcome\":\"SUCCEED\",\"request\":%s}"
                .formatted(taskId, createdAt, renderMillis, body());
    }
}
