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
        /** The link must not be followed. */
        UNSAFE,
        /** The transfer broke, or brought something else than a video. */
        BROKEN,
        /** The application stops: the next start goes on from here. */
        PARKED,
        /** Somebody else has the task. */
        LOST
    }

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
        return outcome == Outcome.EXPIRED || outcome == Outcome.UNSAFE;
    }

    public boolean broken() {
        return outcome == Outcome.BROKEN;
    }

    public boolean parked() {
        return outcome == Outcome.PARKED;
    }
}
