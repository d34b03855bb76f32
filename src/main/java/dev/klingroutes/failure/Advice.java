package dev.klingroutes.failure;

import dev.klingroutes.task.Task;

/** What a person can do about a task that failed or waits. */
final class Advice {
    private Advice() {}

    static String to(Task task) {
        return switch (task.state()) {
            case UNCERTAIN ->
                    "Nobody knows whether the provider created this task, so it is not sent again."
                            + " It is looked up by external_task_id and goes on by itself if it is found."
                            + " Otherwise look for that id, or for a task of that minute, in the provider's console.";
            case OVERDUE ->
                    "Nothing: the provider still says that it is going, and it is looked at for 30 days."
                            + " If it stays so, ask the provider about the task_id.";
            case FAILED ->
                    task.times().succeeded() != null
                            ? "It was rendered and may have been charged: ask the provider for the video of this task_id."
                            : task.taskId() != null
                                    ? "The provider reported the failure. Change the prompt if the message asks for it,"
                                            + " then move the prompt file beside this one back to the inbox."
                                    : "Nothing was bought. Correct what the message names,"
                                            + " then move the prompt file beside this one back to the inbox.";
            case SUCCEEDED ->
                    "It is paid and rendered and is tried again by itself; nothing is bought anew."
                            + " Clear what the message names: the disk, the folder, or the link's address.";
            default -> "Nothing: it is tried again by itself.";
        };
    }
}
