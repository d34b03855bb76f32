package dev.klingroutes.sandbox;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Answers {@code POST /kling/v1/{kind}}. */
final class CreateCalls {
    private static final Set<String> CREATES_FIRST =
            Set.of("garbage", "empty", "500-created", "504-created", "524-created");

    private static final String RESET = "reset";

    private final Tasks tasks;
    private final TaskJson json;
    private final Callbacks callbacks;
    private final Supplier<Faults> faults;
    private final long renderMillis;

    CreateCalls(
            Tasks tasks,
            TaskJson json,
            Callbacks callbacks,
            Supplier<Faults> faults,
            long renderMillis) {
        this.tasks = tasks;
        this.json = json;
        this.callbacks = callbacks;
        this.faults = faults;
        this.renderMillis = renderMillis;
    }

    /** Before the body is read: what of it is still on its way is answered with a reset. */
    void mayReset() throws HangUp {
        if (!faults.get().draw("create", RESET::equals).equals(Faults.NONE)) {
            throw new HangUp();
        }
    }

    Reply answer(String path, byte[] body) throws Refused, HangUp {
        Map<String, Object> request = CreateCheck.read(path, body);
        String fault = faults.get().draw("create", name -> !name.equals(RESET));
        if (fault.equals("lose-request")) {
            throw new HangUp();
        }
        if (fault.equals("slow")) {
            faults.get().keepWaiting();
        }
        Optional<Reply> canned = CannedReply.named(fault);
        if (canned.isPresent() && !CREATES_FIRST.contains(fault)) {
            return canned.get();
        }
        Task task = tasks.create(path, request, renderMillis, outcome(request, fault));
        callbacks.add(task);
        if (fault.equals("lose-reply")) {
            throw new HangUp();
        }
        return canned.orElseGet(() -> Reply.json(200, json.created(task, fault)));
    }

    /** What the prompt asks for in brackets goes before what the dice say. */
    private Task.Outcome outcome(Map<String, Object> request, String fault) {
        if (fault.equals("failed")) {
            return Task.Outcome.FAIL_AT_ONCE;
        }
        String prompt = String.valueOf(request.get("prompt"));
        String fate =
                prompt.contains("[fail]")
                        ? "fail"
                        : prompt.contains("[stuck]")
                                ? "stuck"
                                : prompt.contains("[two]")
                                        ? "two-videos"
                                        : faults.get().draw("task");
        return switch (fate) {
            case "fail" -> Task.Outcome.FAIL;
            case "stuck" -> Task.Outcome.STUCK;
            case "two-videos" -> Task.Outcome.TWO_VIDEOS;
            default -> Task.Outcome.SUCCEED;
        };
    }
}
