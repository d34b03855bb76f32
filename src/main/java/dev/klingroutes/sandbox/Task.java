package dev.klingroutes.sandbox;

import java.util.Map;

/**
 * One task of the sandbox. It holds no timer: how it stands follows from the clock.
 *
 * @param id 18 digits
 * @param path such as {@code videos/text2video}
 * @param createdAt epoch milliseconds
 * @param renderMillis from its creation to its end
 * @param outcome how it ends
 * @param request the body of its create call
 */
record Task(
        String id,
        String path,
        long createdAt,
        long renderMillis,
        Outcome outcome,
        Map<String, Object> request) {

    enum Outcome {
        SUCCEED,
        TWO_VIDEOS,
        FAIL,
        FAIL_AT_ONCE,
        STUCK
    }

    String externalId() {
        return text("external_task_id");
    }

    /** The request's field if it is a string, or null. */
    String text(String field) {
        return request.get(field) instanceof String text ? text : null;
    }

    long processingAt() {
        return Math.min(createdAt + renderMillis / 5, endsAt());
    }

    long endsAt() {
        return switch (outcome) {
            case STUCK -> Long.MAX_VALUE;
            case FAIL_AT_ONCE -> createdAt;
            default -> createdAt + renderMillis;
        };
    }

    String status(long now) {
        if (now >= endsAt()) {
            return failing() ? "failed" : "succeed";
        }
        return now >= processingAt() ? "processing" : "submitted";
    }

    long changedAt(long now) {
        return now >= endsAt() ? endsAt() : now >= processingAt() ? processingAt() : createdAt;
    }

    int videos() {
        return outcome == Outcome.TWO_VIDEOS ? 2 : 1;
    }

    private boolean failing() {
        return outcome == Outcome.FAIL || outcome == Outcome.FAIL_AT_ONCE;
    }
}
