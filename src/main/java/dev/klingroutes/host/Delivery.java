package dev.klingroutes.host;

import dev.klingroutes.Dollars;
import dev.klingroutes.task.HandOvers.HandOver;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import java.io.File;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one exchange carries to the host: one video of a task, or the end of a task that has none.
 *
 * @param video null for a task that has none
 * @param file the video in the outbox; null for a task that has none
 */
public record Delivery(HandOver over, Video video, File file) {

    /** The facts of the sidecar under names of their own; what is not known is left out. */
    public Map<String, Object> headers() {
        Task task = over.task();
        Map<String, Object> all = new LinkedHashMap<>();
        put(all, "KlingTaskId", task.id());
        put(all, "KlingTaskState", task.state().name());
        put(all, "KlingTaskName", task.name());
        put(all, "KlingTaskFolder", task.folder());
        put(all, "KlingProviderTaskId", task.taskId());
        put(all, "KlingExternalTaskId", task.externalId());
        put(all, "KlingRequestId", task.requestId());
        put(all, "KlingProvider", task.address());
        put(all, "KlingSource", task.source());
        put(all, "KlingSourceRow", task.row() + 1);
        put(all, "KlingKind", task.kind());
        put(all, "KlingRequest", task.request());
        put(all, "KlingAcceptedAt", time(task.times().accepted()));
        put(all, "KlingSentAt", time(task.times().submitting()));
        put(all, "KlingSubmittedAt", time(task.times().submitted()));
        put(all, "KlingSucceededAt", time(task.times().succeeded()));
        put(all, "KlingEndedAt", time(task.times().ended()));
        put(all, "KlingLooks", task.looks());
        put(all, "KlingTries", task.tries());
        put(all, "KlingEstimatedDollars", amount(task.money().estimate()));
        put(all, "KlingCountedDollars", amount(task.money().cost()));
        put(all, "KlingDeductedUnits", task.deduction());
        if (video == null) {
            put(all, "KlingCode", task.code());
            put(all, "KlingMessage", task.message());
        } else {
            put(all, "KlingVideoNumber", video.number());
            put(all, "KlingVideoCount", task.videos().size());
            put(all, "KlingVideoFile", video.file());
            put(all, "KlingVideoSize", video.size());
            put(all, "KlingVideoSha256", video.sha256());
            put(all, "KlingVideoDuration", video.duration());
            put(all, "KlingVideoId", video.videoId());
            put(all, "CamelFileName", path());
        }
        return all;
    }

    /** Where the video lies below the outbox, with '/' between names. */
    private String path() {
        String folder = over.task().folder();
        return folder.isEmpty() ? video.file() : folder + "/" + video.file();
    }

    /**
     * Many a header becomes a line of some protocol; what strangers wrote must not begin another.
     */
    private static void put(Map<String, Object> all, String name, Object value) {
        if (value != null) {
            all.put(
                    name,
                    value instanceof String text ? text.replaceAll("\\p{Cntrl}", " ") : value);
        }
    }

    private static Object amount(Dollars dollars) {
        return dollars == null ? null : dollars.amount();
    }

    private static String time(Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis).toString();
    }
}
