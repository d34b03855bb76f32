package dev.klingroutes.sandbox;

import java.math.BigDecimal;
import java.util.StringJoiner;

/**
 * A task in the provider's words.
 *
 * <p>Source: Kling's legacy specification (Feb 2026), CometAPI's "Get a Kling task" sample of
 * 2026-04-28; the wrapped shape is that of CometAPI's omni query of 2026-03-12.
 */
final class TaskJson {
    private static final long LINK_LIFE_MILLIS = 24 * 60 * 60 * 1000;
    private static final String RISK_CONTROL = "Failure to pass the risk control system";

    private final String url;

    /**
     * @param url where the videos are served, without a slash at its end
     */
    TaskJson(String url) {
        this.url = url;
    }

    String created(Task task, String fault) {
        String status = fault.equals("failed") ? "failed" : "submitted";
        String id = fault.equals("no-task-id") ? "" : "\"task_id\":\"%s\",".formatted(task.id());
        String data =
                "{%s\"task_status\":\"%s\",%s\"task_info\":%s,\"created_at\":%d,\"updated_at\":%d}"
                        .formatted(
                                id,
                                status,
                                message(status),
                                info(task, fault),
                                task.createdAt(),
                                task.createdAt());
        return shaped(task, status, data, fault);
    }

    String looked(Task task, long now, String fault) {
        return shaped(task, task.status(now), data(task, task.status(now), now, fault), fault);
    }

    /** The bare body that a callback carries. */
    String data(Task task, String status, long now, String fault) {
        String said =
                switch (fault) {
                    case "unknown-status" -> "reviewing";
                    case "succeeded-word" -> "succeeded";
                    default -> status;
                };
        boolean succeeded = status.equals("succeed");
        return new StringBuilder(640)
                .append("{\"task_id\":\"")
                .append(task.id())
                .append("\",\"task_status\":\"")
                .append(said)
                .append("\",")
                .append(message(status))
                .append("\"task_info\":")
                .append(info(task, fault))
                .append(succeeded ? ",\"final_unit_deduction\":\"" + units(task) + '"' : "")
                .append(",\"created_at\":")
                .append(task.createdAt())
                .append(",\"updated_at\":")
                .append(task.changedAt(now))
                .append(",\"task_result\":")
                .append(succeeded ? result(task, now, fault) : "{}")
                .append('}')
                .toString();
    }

    private static String shaped(Task task, String status, String data, String fault) {
        return switch (fault) {
            case "bare" -> data;
            case "wrapped" -> wrapped(task, status, data);
            default ->
                    "{\"code\":0,\"message\":\"SUCCEED\",\"request_id\":\""
                            + Json.requestId()
                            + "\",\"data\":"
                            + data
                            + '}';
        };
    }

    private static String wrapped(Task task, String status, String data) {
        String word =
                switch (status) {
                    case "succeed" -> "SUCCESS";
                    case "failed" -> "FAILURE";
                    case "processing" -> "IN_PROGRESS";
                    default -> "SUBMITTED";
                };
        return """
                {"code":"success","message":"","data":{"task_id":"%s","action":"TEXT_GENERATE","status":"%s","fail_reason":"%s","submit_time":%d,"progress":"%s","data":%s}}"""
                .formatted(
                        task.id(),
                        word,
                        status.equals("failed") ? RISK_CONTROL : "",
                        task.createdAt() / 1000,
                        status.equals("succeed") || status.equals("failed") ? "100%" : "30%",
                        data);
    }

    private static String message(String status) {
        return status.equals("failed") ? "\"task_status_msg\":\"" + RISK_CONTROL + "\"," : "";
    }

    private static String info(Task task, String fault) {
        return task.externalId() == null || fault.equals("no-task-info") || fault.equals("any-task")
                ? "{}"
                : "{\"external_task_id\":" + Json.quote(task.externalId()) + '}';
    }

    private String result(Task task, long now, String fault) {
        String kind = task.path().substring(0, task.path().indexOf('/'));
        StringJoiner items = new StringJoiner(",", "[", "]");
        for (int n = 1; n <= task.videos() && !fault.equals("no-links"); n++) {
            items.add(
                    "{\"id\":\""
                            + task.id()
                            + '-'
                            + n
                            + "\",\"url\":\""
                            + url
                            + Link.of(task, n, (now + LINK_LIFE_MILLIS) / 1000)
                            + "\",\"duration\":"
                            + Json.quote(duration(task))
                            + '}');
        }
        return "{\"" + (kind.equals("audio") ? "audios" : kind) + "\":" + items + '}';
    }

    private static String duration(Task task) {
        return task.text("duration") == null ? "5" : task.text("duration");
    }

    /** Of kling-v3 in std mode and silent, whatever was asked for: 0.6 units a second. */
    private static String units(Task task) {
        String seconds = duration(task);
        return seconds.matches("\\d{1,2}")
                ? new BigDecimal(seconds)
                        .multiply(new BigDecimal("0.6"))
                        .stripTrailingZeros()
                        .toPlainString()
                : "3";
    }
}
