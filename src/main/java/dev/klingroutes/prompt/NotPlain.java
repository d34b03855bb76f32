package dev.klingroutes.prompt;

/** A value that has no place in a request. */
final class NotPlain extends Exception {
    NotPlain(String reason) {
        super(reason);
    }
}
