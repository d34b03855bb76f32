package dev.klingroutes.task;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Where a task is. Every arrow that may happen is listed here; a move along any other is a bug. */
public enum TaskState {
    /** Written in the ledger, not sent. The clock hands it to {@code task-submit}. */
    ACCEPTED,
    /** The create call may be under way. Its reply, or a look-up after a crash, moves it on. */
    SUBMITTING,
    /**
     * It may have been created. Looked up by our own id until proven; sent again by itself only if
     * {@code kling.submit.uncertain} says so, and once.
     */
    UNCERTAIN,
    /** The provider gave us a task id. {@code task-watch} looks until it has ended. */
    SUBMITTED,
    /** Still going after our patience. Looked at ever more rarely, for 30 days. */
    OVERDUE,
    /**
     * The provider has the video. {@code video-download} and {@code video-outbox} bring it home.
     */
    SUCCEEDED,
    /** The video is in the outbox under its final name. */
    DELIVERED,
    /** Refused, or ended without a video. A person may retry it. */
    FAILED,
    /** Given up by a person. The provider may finish and charge it all the same. */
    CANCELLED;

    /** Where nothing happens any more by itself. */
    public static final Set<TaskState> ENDS =
            Collections.unmodifiableSet(EnumSet.of(DELIVERED, FAILED, CANCELLED));

    private Set<TaskState> next;

    static {
        ACCEPTED.next = EnumSet.of(SUBMITTING, UNCERTAIN, FAILED, CANCELLED);
        SUBMITTING.next = EnumSet.of(SUBMITTED, SUCCEEDED, FAILED, ACCEPTED, UNCERTAIN, CANCELLED);
        UNCERTAIN.next = EnumSet.of(SUBMITTED, SUCCEEDED, FAILED, SUBMITTING, ACCEPTED, CANCELLED);
        SUBMITTED.next = EnumSet.of(SUCCEEDED, FAILED, OVERDUE, CANCELLED);
        OVERDUE.next = EnumSet.of(SUBMITTED, SUCCEEDED, FAILED, CANCELLED);
        SUCCEEDED.next = EnumSet.of(DELIVERED, FAILED, CANCELLED);
        DELIVERED.next = EnumSet.noneOf(TaskState.class);
        FAILED.next = EnumSet.of(ACCEPTED, SUBMITTED, UNCERTAIN, CANCELLED);
        CANCELLED.next = EnumSet.of(ACCEPTED, SUBMITTED, UNCERTAIN);
    }

    /** The states that may follow this one. */
    public Set<TaskState> next() {
        return next.isEmpty() ? EnumSet.noneOf(TaskState.class) : EnumSet.copyOf(next);
    }

    /**
     * Goes to the wanted state.
     *
     * @return the wanted state
     * @throws IllegalStateException if no such arrow exists
     */
    public TaskState to(TaskState wanted) {
        if (!next.contains(wanted)) {
            throw new IllegalStateException("a task cannot go from " + this + " to " + wanted);
        }
        return wanted;
    }

    public boolean ended() {
        return ENDS.contains(this);
    }
}
