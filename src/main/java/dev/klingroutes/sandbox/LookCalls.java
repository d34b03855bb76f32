package dev.klingroutes.sandbox;

import java.time.Clock;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Answers {@code GET /kling/v1/{kind}/{id}}. */
final class LookCalls {
    private static final Pattern TASK_ID = Pattern.compile("\\d{18}");

    private final Tasks tasks;
    private final TaskJson json;
    private final Clock clock;
    private final Counters counters;
    private final Supplier<Faults> faults;
    private final boolean externalIdLookups;

    LookCalls(
            Tasks tasks,
            TaskJson json,
            Clock clock,
            Counters counters,
            Supplier<Faults> faults,
            boolean externalIdLookups) {
        this.tasks = tasks;
        this.json = json;
        this.clock = clock;
        this.counters = counters;
        this.faults = faults;
        this.externalIdLookups = externalIdLookups;
    }

    Reply answer(String path, String id) throws Refused, HangUp {
        boolean byTaskId = TASK_ID.matcher(id).matches();
        (byTaskId ? counters.looks : counters.lookups).increment();
        Task task =
                byTaskId
                        ? tasks.byId(path, id)
                        : externalIdLookups ? tasks.byExternalId(path, id) : null;
        long now = clock.millis();
        if (task != null) {
            counters.looked(task, now);
        }
        String fault = faults.get().draw(byTaskId ? "look" : "lookup", applies(task, path, now));
        if (fault.equals("lose-reply")) {
            throw new HangUp();
        }
        if (fault.equals("slow")) {
            faults.get().keepWaiting();
        }
        if (fault.equals("any-task") && task == null) {
            task = tasks.newest(path);
        }
        Optional<Reply> canned = CannedReply.named(fault);
        if (canned.isPresent()) {
            return canned.get();
        }
        if (task == null) {
            throw new Refused(1201, "Task not found");
        }
        return Reply.json(200, json.looked(task, clock.millis(), fault));
    }

    /** A fault that could not be seen in this answer waits for one in which it can. */
    private Predicate<String> applies(Task task, String path, long now) {
        return fault ->
                switch (fault) {
                    case "unknown-status", "no-task-info", "wrapped", "bare" -> task != null;
                    case "succeeded-word", "no-links" ->
                            task != null && task.status(now).equals("succeed");
                    case "any-task" -> tasks.newest(path) != null;
                    default -> true;
                };
    }
}
