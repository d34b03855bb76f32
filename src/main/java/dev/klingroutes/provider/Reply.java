package dev.klingroutes.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.task.Video;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the provider answered, in proper words. Understands the native envelope, the wrapped one of
 * some gateways ({@code data.data}), a bare task, and the gateway's own error envelope (sources:
 * CometAPI's pages "Get a Kling task" and "Error codes", of 2026; the public code of new-api).
 * Every field but {@code httpStatus} may be null.
 *
 * @param code the service code: "0" is good, "1303" is not; or a gateway's word
 * @param message of the envelope; "SUCCEED" also for a task that failed
 * @param status where the task is; null if the reply does not say
 * @param reason why the task failed, as the provider puts it
 */
public record Reply(
        int httpStatus,
        boolean readable,
        String code,
        String message,
        String requestId,
        String taskId,
        String externalTaskId,
        Status status,
        String statusWord,
        String reason,
        String deduction,
        List<Video> videos) {

    /** Where the provider says a task is. */
    public enum Status {
        GOING,
        SUCCEEDED,
        FAILED,
        /** A word that we do not know: counts as going; the log {@code kling.look} shows it. */
        UNKNOWN
    }

    private static final Set<String> GOING =
            Set.of("submitted", "processing", "queued", "pending", "in_progress", "running");
    private static final Set<String> SUCCEEDED =
            Set.of("succeed", "succeeded", "success", "completed");
    private static final Set<String> FAILED = Set.of("failed", "failure", "fail", "error");
    private static final int SHOWN = 300;

    /** Characters of a text that is stored; the provider's have some hundred. */
    private static final int LONGEST_TEXT = 2000;

    private static final String PAGE = "an HTML page: ";
    private static final int MOST_GATEWAYS = 4;

    /** The provider gives one; who answers in its place must not fill the disk. */
    private static final int MOST_VIDEOS = 10;

    /** Reads a reply; what cannot be read gives an unreadable one, never an exception. */
    public static Reply read(int httpStatus, byte[] body) {
        JsonNode root = unwrapped(Json.object(body));
        if (root == null) {
            return new Reply(
                    httpStatus,
                    false,
                    null,
                    shown(body),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of());
        }
        JsonNode data = root.path("data");
        JsonNode task = root;
        if (data.path("data").isObject() && data.path("data").size() > 0) {
            task = data.path("data");
        } else if (data.isObject()) {
            task = data;
        }
        JsonNode error = root.path("error");
        String taskId =
                // a gateway's own name, by which it is asked, is the outer one
                first(
                        text(data, "task_id"),
                        text(task, "task_id"),
                        // in an error an id may be anybody's
                        httpStatus / 100 == 2 ? first(text(task, "id"), text(data, "id")) : null,
                        text(root, "task_id"));
        String externalTaskId =
                first(
                        text(task.path("task_info"), "external_task_id"),
                        text(task, "external_task_id", "external_id"));
        List<Video> videos = videos(task.path("task_result").path("videos"));
        String word = first(text(task, "task_status"), text(data, "task_status"));
        if (word == null && (taskId != null || externalTaskId != null || !videos.isEmpty())) {
            // without an id it is the status of a call or a server, such as "error"
            word = first(text(task, "status"), text(data, "status"));
        }
        return new Reply(
                httpStatus,
                true,
                brief(first(text(root, "code"), text(error, "code", "type"))),
                brief(
                        first(
                                text(root, "message"),
                                text(error, "message"),
                                text(error.isTextual() ? root : null, "error"))),
                brief(text(root, "request_id")),
                taskId,
                externalTaskId,
                status(word),
                brief(word),
                brief(
                        first(
                                text(task, "task_status_msg", "fail_reason"),
                                text(data, "fail_reason", "task_status_msg"))),
                text(task, "final_unit_deduction"),
                videos);
    }

    /**
     * Some gateways hand the provider's refusal on as the message of their own, in JSON (new-api's
     * {@code fail_to_fetch_task}); nested where there are several of them.
     */
    private static JsonNode unwrapped(JsonNode root) {
        JsonNode outer = root;
        for (int depth = 0; depth < MOST_GATEWAYS && outer != null; depth++) {
            String message =
                    first(text(outer.path("error"), "message"), text(outer, "message", "error"));
            JsonNode inner =
                    message == null || !message.startsWith("{")
                            ? null
                            : Json.object(message.getBytes(StandardCharsets.UTF_8));
            if (inner == null || !inner.has("code") && !inner.has("error")) {
                return outer;
            }
            outer = inner;
        }
        return outer;
    }

    /** A name by which the task can be asked for. */
    public boolean named() {
        return usable(taskId);
    }

    /** Whether something can be asked for by this id: not endless, and no step up a path. */
    static boolean usable(String taskId) {
        return taskId != null && taskId.length() <= 256 && !taskId.matches("\\.{1,2}");
    }

    /** A web page instead of an answer. */
    public boolean page() {
        return !readable && message.startsWith(PAGE);
    }

    /** The service code, or the HTTP status where there is none. */
    public String codeOrStatus() {
        return code == null || code.isBlank() ? "HTTP " + httpStatus : code;
    }

    /** A readable 2xx whose code says that the call itself went well. */
    public boolean good() {
        return httpStatus / 100 == 2
                && readable
                && (code == null
                        || code.equals("0")
                        || code.equals("200")
                        || code.equalsIgnoreCase("success"));
    }

    /** For people: what came instead of a good reply. */
    public String shown() {
        StringBuilder shown = new StringBuilder("HTTP ").append(httpStatus);
        if (code != null && !code.isBlank()) {
            shown.append(", code ").append(code);
        }
        if (message != null && !message.isBlank()) {
            shown.append(", ").append(message);
        }
        if (requestId != null && !requestId.isBlank()) {
            shown.append(", request ").append(requestId);
        }
        return shown.toString();
    }

    private static List<Video> videos(JsonNode array) {
        List<Video> videos = new ArrayList<>();
        for (JsonNode video : array) {
            String url = text(video, "url");
            if (videos.size() < MOST_VIDEOS && url != null && !url.isBlank()) {
                videos.add(
                        Video.linked(
                                videos.size() + 1,
                                text(video, "id"),
                                url,
                                text(video, "duration")));
            }
        }
        return videos;
    }

    private static Status status(String word) {
        if (word == null) {
            return null;
        }
        String known = word.toLowerCase(Locale.ROOT);
        if (SUCCEEDED.contains(known)) {
            return Status.SUCCEEDED;
        }
        if (FAILED.contains(known)) {
            return Status.FAILED;
        }
        return GOING.contains(known) ? Status.GOING : Status.UNKNOWN;
    }

    private static String text(JsonNode node, String... names) {
        if (node == null) {
            return null;
        }
        for (String name : names) {
            JsonNode value = node.path(name);
            if (value.isValueNode() && !value.isNull() && !value.asText().isEmpty()) {
                return CallbackAddress.without(value.asText());
            }
        }
        return null;
    }

    private static String brief(String text) {
        return text == null || text.length() <= LONGEST_TEXT
                ? text
                : text.substring(0, LONGEST_TEXT) + "…";
    }

    private static String first(String... candidates) {
        for (String candidate : candidates) {
            if (candidate != null) {
                return candidate;
            }
        }
        return null;
    }

    private static String shown(byte[] body) {
        if (body == null || body.length == 0) {
            return "an empty reply";
        }
        String text = CallbackAddress.without(new String(body, StandardCharsets.UTF_8)).strip();
        boolean html = text.regionMatches(true, 0, "<!doctype html", 0, 14) || text.startsWith("<");
        String begin = text.substring(0, Math.min(SHOWN, text.length())).replaceAll("\\s+", " ");
        return (html ? PAGE : "not JSON: ") + begin;
    }
}
