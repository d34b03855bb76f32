package dev.klingroutes.video;

import dev.klingroutes.Dollars;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON file beside a video: what was asked, of whom, when, what came and what it cost. */
public final class Sidecar {
    static final String SCHEMA = "kling-routes/sidecar/1";

    private Sidecar() {}

    static String partStem(Task task) {
        return task.stem() + ".json";
    }

    static byte[] of(Task task, List<Video> videos, Instant delivered) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", SCHEMA);
        all.put("task", task.id());
        all.put("task_id", task.taskId());
        all.put("external_task_id", task.externalId());
        all.put("request_id", task.requestId());
        all.put("create", task.decision().shown());
        all.put("provider", task.address());
        all.put("source", task.source());
        all.put("row", task.row() + 1);
        all.put("kind", task.kind());
        all.put("request", Json.parse(task.request()));
        Map<String, Object> times = new LinkedHashMap<>();
        times.put("accepted", time(task.times().accepted()));
        times.put("sent", time(task.times().submitting()));
        times.put("submitted", time(task.times().submitted()));
        times.put("succeeded", time(task.times().succeeded()));
        times.put("delivered", delivered.toString());
        all.put("times", times);
        all.put("looks", task.looks());
        all.put("tries", task.tries());
        Map<String, Object> cost = new LinkedHashMap<>();
        cost.put("estimated_dollars", amount(task.money().estimate()));
        cost.put("counted_dollars", amount(task.money().cost()));
        cost.put("deducted_units", task.deduction());
        all.put("cost", cost);
        all.put("videos", videos.stream().map(Sidecar::video).toList());
        return Json.pretty(all).getBytes(StandardCharsets.UTF_8);
    }

    private static BigDecimal amount(Dollars dollars) {
        return dollars == null ? null : dollars.amount();
    }

    /** What is told of one video. */
    public static Map<String, Object> video(Video video) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", video.file());
        all.put("size", video.size());
        all.put("sha256", video.sha256());
        all.put("duration", video.duration());
        all.put("id", video.videoId());
        return all;
    }

    private static String time(Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis).toString();
    }
}
