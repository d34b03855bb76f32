package dev.klingroutes.failure;

import dev.klingroutes.Settings;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Stem;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The files in failed/ that say why a task failed, or waits, and what to do next. */
public final class ErrorFiles {
    public static final String SCHEMA = "kling-routes/error/1";
    private static final int BATCH = 50;

    private final Ledger ledger;
    private final Path failed;
    private final Clock clock;

    public ErrorFiles(Ledger ledger, Settings settings, Clock clock) {
        this.ledger = ledger;
        failed = settings.folder("kling.failed.dir");
        this.clock = clock;
    }

    /** The tasks whose error file is to be written or removed now. */
    public List<Task> owing() {
        return ledger.owing(BATCH);
    }

    /** Writes or removes the error file that the task owes. */
    public void settle(Task task) throws IOException {
        Path folder = Durable.folder(failed, task.folder());
        if (task.report().equals("write")) {
            write(folder, task, ".error.json", error(task));
            if (task.state() == TaskState.FAILED && task.times().succeeded() == null) {
                Prompt prompt = prompt(task);
                write(folder, task, prompt.ending(), prompt.content());
            }
        } else {
            for (Path file : names(folder, task, ".error.json")) {
                leftovers(task, file);
                if (isOurs(file, task)) {
                    removePrompt(folder, task);
                    Files.delete(file);
                }
            }
        }
        Durable.force(folder);
        ledger.paid(task);
    }

    private record Prompt(String ending, String content) {}

    /** What failed and owes nothing can be dropped again as it is. */
    private static Prompt prompt(Task task) {
        Map<String, Object> request = Json.map(task.request());
        String source = task.source().toLowerCase(Locale.ROOT);
        if (source.endsWith(".txt") || source.endsWith(".md")) {
            String ending = source.substring(source.lastIndexOf('.'));
            return new Prompt(ending, String.valueOf(request.get("prompt")));
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", task.kind());
        all.putAll(request);
        return new Prompt(".json", Json.pretty(all));
    }

    /** Or somebody drops it again while its task goes on. */
    private static void removePrompt(Path folder, Task task) throws IOException {
        Prompt prompt = prompt(task);
        for (Path file : names(folder, task, prompt.ending())) {
            if (Durable.holds(file, prompt.content().getBytes(StandardCharsets.UTF_8))) {
                Files.delete(file);
            }
        }
    }

    /** Under the task's name, or one of its own if a stranger's file has that. */
    private static void write(Path folder, Task task, String ending, String content)
            throws IOException {
        for (Path file : names(folder, task, ending)) {
            // a prompt that was written before a crash is not written beside itself
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    || isOurs(file, task)
                    || Durable.holds(file, content.getBytes(StandardCharsets.UTF_8))) {
                replace(task, file, content);
                return;
            }
        }
        throw new FileAlreadyExistsException(
                folder.resolve(Stem.own(task.stem(), task.id()) + ending).toString());
    }

    private static List<Path> names(Path folder, Task task, String ending) {
        return List.of(
                folder.resolve(task.stem() + ending),
                folder.resolve(Stem.own(task.stem(), task.id()) + ending));
    }

    private static boolean isOurs(Path file, Task task) throws IOException {
        return file.toString().endsWith(".error.json") && Durable.tellsOf(task, file);
    }

    private static void replace(Task task, Path file, String content) throws IOException {
        leftovers(task, file);
        Durable.replace(
                part(task, file, task.claim()), file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** What a process that was killed left half written, under this claim or an earlier one. */
    private static void leftovers(Task task, Path file) throws IOException {
        for (long claim = 0; claim <= task.claim(); claim++) {
            Files.deleteIfExists(part(task, file, claim));
        }
    }

    private static Path part(Task task, Path file, long claim) {
        return Durable.part(file.getParent(), file.getFileName().toString(), task, claim);
    }

    private String error(Task task) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", SCHEMA);
        all.put("state", task.state().name());
        all.put("code", task.code());
        all.put("message", task.message());
        all.put("what_to_do", Advice.to(task));
        all.put("request_id", task.requestId());
        all.put("task_id", task.taskId());
        all.put("external_task_id", task.externalId());
        all.put("task", task.id());
        all.put("provider", task.address());
        all.put("source", task.source());
        all.put("row", task.row() + 1);
        all.put("written", clock.instant().toString());
        return Json.pretty(all);
    }
}
