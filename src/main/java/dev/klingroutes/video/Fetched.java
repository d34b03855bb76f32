package dev.klingroutes.video;

import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import java.util.List;

/**
 * How far a download came.
 *
 * @param videos with file, size and sha256 where {@code WHOLE}
 * @param why for people, null where {@code WHOLE}
 */
public record Fetched(Task task, Outcome outcome, List<Video> videos, String why) {
    /** What a download can come to. */
    public enum Outcome {
        /** All bytes of all videos lie verified beside their final names. */
        WHOLE,
        /** The link is not good any more: a look brings a fresh one. */
        EXPIRED,
        /** There is nothing at the link (404, 410), or no link: a look may bring another. */
        GONE,
        /** The link must not be followed. */
        UNSAFE,
        /** The transfer broke, or brought something else than a video. */
        BROKEN,
        /** What came is no use: too large, cut off, not the rest of what is here. */
        WRONG,
        /** The application stops: the next start goes on from here. */
        PARKED,
        /** Somebody else has the task. */
        LOST
    }

    private static final int LINKS_AFTER = 3;

    /** What happened, for people, where {@code WHOLE}. */
    public String told() {
        long bytes = videos.stream().mapToLong(Video::size).sum();
        return "downloaded, " + Math.max(1, bytes / 1000) + " kB";
    }

    /** For the YAML. */
    public boolean whole() {
        return outcome == Outcome.WHOLE;
    }

    /** Whether a fresh link may help. */
    public boolean needsLinks() {
        return switch (outcome) {
            case EXPIRED, GONE, UNSAFE -> true;
            // not every host says by its status that a link has expired
            case BROKEN, WRONG -> (task.failures() + 1) % LINKS_AFTER == 0;
            case WHOLE, PARKED, LOST -> false;
        };
    }

    public boolean broken() {
        return outcome == Outcome.BROKEN || outcome == Outcome.WRONG;
    }

    public boolean parked() {
        return outcome == Outcome.PARKED;
    }
}
