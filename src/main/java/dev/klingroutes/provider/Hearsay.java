package dev.klingroutes.provider;

import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Task;
import java.util.Optional;

/**
 * What callbacks called a task whose id nobody knows. The token says that the provider spoke; that
 * the id is this task's, a look has to confirm.
 */
final class Hearsay {
    private final Callbacks callbacks;

    Hearsay(Callbacks callbacks) {
        this.callbacks = callbacks;
    }

    /** The id to look at now; empty if our own has its turn, or the true one is known. */
    Optional<String> of(Task task) {
        return task.taskId() == null ? callbacks.hearsay(task) : Optional.empty();
    }

    /**
     * Whether a reply that says nothing of its owner is as good as one found by our id without a
     * name: it must be the very one that was spoken of, and no other task of ours.
     */
    boolean spokenOf(Task task, String said, Reply reply) {
        return reply.taskId().equals(said) && !callbacks.anothers(task, said);
    }

    /**
     * It was not confirmed.
     *
     * @return whether it is refuted, so that the next look is free for something else
     */
    boolean unconfirmed(Task task, String said, Reply reply) {
        int status = reply.httpStatus();
        boolean answered = reply.good() || reply.readable() && (status == 400 || status == 404);
        if (answered) {
            callbacks.refuted(task, said);
        } else {
            callbacks.unanswered(task, said);
        }
        return answered;
    }
}
