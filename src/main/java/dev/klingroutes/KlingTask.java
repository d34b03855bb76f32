package dev.klingroutes;

import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What became of a prompt, as the ledger held it when it was read.
 *
 * @param id ours
 * @param state what each means: {@link TaskState}; DELIVERED, FAILED and CANCELLED are ends
 * @param name what its files are called, with the folder: "shots/cat"
 * @param folder the sub-folder of the outbox, "" for none, with '/' between names
 * @param videos the files in the outbox, absolute; none before it is DELIVERED
 * @param code what the provider (or the trouble) said last, as a word or number; null: nothing
 * @param message the same as a sentence, foreign text; null: nothing
 * @param taskId what the provider calls it; null: not known yet
 * @param externalTaskId what we call it to the provider
 * @param accepted when it was accepted
 * @param ended when it ended; null: it has not
 */
public record KlingTask(
        String id,
        TaskState state,
        String name,
        String folder,
        List<Path> videos,
        String code,
        String message,
        String taskId,
        String externalTaskId,
        Instant accepted,
        Instant ended) {

    static KlingTask of(Task task, Path outbox) {
        Path folder = outbox.resolve(task.folder()).toAbsolutePath().normalize();
        return new KlingTask(
                task.id(),
                task.state(),
                task.name(),
                task.folder(),
                task.state() == TaskState.DELIVERED
                        ? task.videos().stream().map(video -> folder.resolve(video.file())).toList()
                        : List.of(),
                task.code(),
                task.message(),
                task.taskId(),
                task.externalId(),
                Instant.ofEpochMilli(task.times().accepted()),
                task.state().ended() && task.times().ended() != null
                        ? Instant.ofEpochMilli(task.times().ended())
                        : null);
    }
}
