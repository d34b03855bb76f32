package dev.klingroutes.cli;

import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.Task;
import dev.klingroutes.video.Sidecar;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task for scripts. A video's link is not shown: it opens the video to whoever has it. */
final class TaskJson {
    private TaskJson() {}

    static Map<String, Object> of(Listing.Line line, String shut, long now) {
        Task task = line.task();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("task", task.id());
        all.put("name", task.name());
        all.put("state", task.state().name());
        all.put("why", Why.of(line, shut));
        all.put("due", line.dueIn() == null ? null : ScriptJson.time(now + line.dueIn()));
        all.put("task_id", task.taskId());
        all.put("external_task_id", task.externalId());
        all.put("provider", task.address());
        all.put("source", task.source());
        all.put("row", task.row() + 1);
        all.put("folder", task.folder());
        all.put("kind", task.kind());
        all.put("request", Json.parse(task.request()));
        all.put("code", task.code());
        all.put("message", task.message());
        all.put("request_id", task.requestId());
        all.put("decision", decision(task.decision()));
        all.put("cost", cost(task));
        all.put("times", times(task.times()));
        all.put("looks", task.looks());
        all.put("failures", task.failures());
        all.put("videos", task.videos().stream().map(Sidecar::video).toList());
        return all;
    }

    static List<Map<String, Object>> earlier(List<Listing.Earlier> all) {
        return all.stream()
                .map(
                        one -> {
                            Map<String, Object> earlier = new LinkedHashMap<>();
                            earlier.put("external_task_id", one.externalId());
                            earlier.put("task_id", one.taskId());
                            earlier.put("cost", ScriptJson.dollars(one.cost()));
                            earlier.put("code", one.code());
                            earlier.put("message", one.message());
                            earlier.put("sent", ScriptJson.time(one.submitting()));
                            earlier.put("ended", ScriptJson.time(one.ended()));
                            return earlier;
                        })
                .toList();
    }

    private static Map<String, Object> decision(Task.Decision decision) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("verdict", decision.verdict());
        all.put("code", decision.code());
        all.put("message", decision.message());
        all.put("request_id", decision.requestId());
        return all;
    }

    private static Map<String, Object> cost(Task task) {
        Integer day = task.money().boughtDay();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("estimate", ScriptJson.dollars(task.money().estimate()));
        all.put("counted", ScriptJson.dollars(task.money().cost()));
        all.put("day", day == null ? null : LocalDate.ofEpochDay(day).toString());
        all.put("deducted_units", task.deduction());
        return all;
    }

    private static Map<String, Object> times(Task.Times times) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("accepted", ScriptJson.time(times.accepted()));
        all.put("sent", ScriptJson.time(times.submitting()));
        all.put("submitted", ScriptJson.time(times.submitted()));
        all.put("succeeded", ScriptJson.time(times.succeeded()));
        all.put("ended", ScriptJson.time(times.ended()));
        return all;
    }
}
