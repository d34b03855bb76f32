package dev.klingroutes.failure;

import dev.klingroutes.provider.Submit;
import dev.klingroutes.provider.Verdict;
import dev.klingroutes.task.Task;

/** What a person can do about a task that failed or waits. */
final class Advice {
    private static final String AGAIN = "Nothing: it is tried again by itself.";

    private static final String TASKS = "java -jar kling-routes.jar tasks ";

    private Advice() {}

    /**
     * @param resend whether {@code kling.submit.uncertain} is {@code resend}
     */
    static String to(Task task, boolean resend) {
        return switch (task.state()) {
            case UNCERTAIN -> unclear(task, resend);
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
            case ACCEPTED -> waiting(task);
            default -> AGAIN;
        };
    }

    private static String waiting(Task task) {
        String cancel = "cancel this task (" + TASKS + "cancel " + task.id() + ") and drop ";
        if (Submit.OTHER_ADDRESS.equals(task.code())) {
            return "Set kling.api.url back to that address, or "
                    + cancel
                    + "its prompt again. Until then it is not sent.";
        }
        return Verdict.CLOSED.word().equals(task.decision().verdict())
                ? AGAIN
                        + " If others are sent meanwhile, something on the way to the provider, such"
                        + " as a firewall, stops this one for what is in it: then "
                        + cancel
                        + "a changed prompt."
                : AGAIN;
    }

    private static String unclear(Task task, boolean resend) {
        String again =
                task.times().resent() != null
                        ? "It was sent once more under the same external_task_id and is not sent again."
                        : resend
                                ? "It is sent once more, under the same external_task_id, if six look-ups"
                                        + " do not find it."
                                : "It is not sent again.";
        String settle = TASKS + "settle " + task.id();
        return "Nobody knows whether the provider created this task, and it may be charged. "
                + again
                + " It is looked up by external_task_id, in the end once an hour, and goes on by itself"
                + " if it is found. You can settle it sooner: look into the provider's console (its list"
                + " of tasks, or of charges) for external_task_id, or for this prompt at the time in"
                + " \"sent\". If it is not there: "
                + settle
                + " --not-created (it is then sent). If it is there: "
                + settle
                + " --task-id TASK_ID, with the id that the provider shows.";
    }
}
