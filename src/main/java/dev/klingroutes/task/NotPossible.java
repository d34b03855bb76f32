package dev.klingroutes.task;

/** What a person asked for cannot be done to a task; the message says why and what can. */
public final class NotPossible extends Exception {
    NotPossible(String message) {
        super(message);
    }
}
