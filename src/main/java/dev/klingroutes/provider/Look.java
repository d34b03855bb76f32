package dev.klingroutes.provider;

/**
 * What one look saw.
 *
 * @param sight going, succeeded, failed, or unanswered
 */
public record Look(Sight sight, Reply reply) {
    /** The four things a look can see. */
    public enum Sight {
        /** Not finished; not a failure either. */
        GOING,
        SUCCEEDED,
        FAILED,
        /** No good answer: says nothing about the task. */
        UNANSWERED
    }

    static Look of(Reply reply, boolean ours) {
        if (!reply.good() || reply.status() == null || !ours) {
            return new Look(Sight.UNANSWERED, reply);
        }
        return new Look(
                switch (reply.status()) {
                    case SUCCEEDED -> Sight.SUCCEEDED;
                    case FAILED -> Sight.FAILED;
                    case GOING, UNKNOWN -> Sight.GOING;
                },
                reply);
    }

    /** For the YAML: {@code ${body.going}} and its like. */
    public boolean going() {
        return sight == Sight.GOING;
    }

    public boolean succeeded() {
        return sight == Sight.SUCCEEDED;
    }

    public boolean failed() {
        return sight == Sight.FAILED;
    }
}
