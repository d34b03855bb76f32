package dev.klingroutes.provider;

import dev.klingroutes.provider.Lookup.Found;
import dev.klingroutes.provider.Lookup.Proof;
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

    /** The id to look at next; empty if nothing was heard, or the true one is known. */
    Optional<String> of(Task task) {
        return task.taskId() == null ? callbacks.hearsay(task) : Optional.empty();
    }

    /**
     * What a look at it proves. It is ours if it bears our external id. One that says nothing of
     * its owner is as good as one found by our id without a name: it must be the very one that was
     * spoken of, no other task of ours, and the provider must not find just anything.
     */
    Found judge(Task task, String said, Reply reply) {
        if (!reply.good() || reply.taskId() == null || reply.status() == null) {
            return new Found(Proof.NOTHING, reply);
        }
        if (reply.externalTaskId() != null) {
            boolean ours = reply.externalTaskId().equals(task.externalId());
            return new Found(ours ? Proof.OURS : Proof.NOTHING, reply);
        }
        boolean spokenOf = reply.taskId().equals(said) && !callbacks.anothers(task, said);
        return new Found(spokenOf ? Proof.UNNAMED : Proof.NOTHING, reply);
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
