package dev.klingroutes.sandbox;

import java.util.Optional;

/**
 * Answers that do not depend on the task.
 *
 * <p>The gateway's error envelope, its redirect and its HTML pages: CometAPI, error codes and retry
 * strategy, 2026.
 */
final class CannedReply {
    private CannedReply() {}

    /** The answer of this name, if it is such a one; a {@code -created} suffix makes none other. */
    static Optional<Reply> named(String fault) {
        Reply reply =
                switch (fault.replace("-created", "").replace("-html", "")) {
                    case "401" -> KlingCode.reply(1000);
                    case "500" -> KlingCode.reply(5000);
                    case "503" -> KlingCode.reply(5001);
                    case "504" -> KlingCode.reply(5002);
                    case "502" -> Reply.html(502, "502 Bad Gateway");
                    case "524" -> Reply.html(524, "524: A timeout occurred");
                    case "garbage" -> Reply.json(200, "{\"code\":0,\"message\":\"SUCC");
                    case "empty" -> Reply.json(200, "");
                    case "redirect" -> Reply.redirect(301, "/");
                    case "not-found" -> notFound();
                    case "gateway-500" -> gateway(500, "invalid_request", "invalid request");
                    case "gateway-503" ->
                            gateway(503, "model_not_found", "no available channel for this model");
                    default ->
                            fault.matches("1\\d{3}")
                                    ? KlingCode.reply(Integer.parseInt(fault))
                                    : null;
                };
        return Optional.ofNullable(reply);
    }

    static Reply notFound() {
        return KlingCode.reply(1201, "Task not found");
    }

    private static Reply gateway(int status, String code, String message) {
        return Reply.json(
                status,
                """
                {"error":{"message":"%s (request id: %s)","type":"comet_api_error","param":"","code":"%s"}}"""
                        .formatted(message, Json.requestId(), code));
    }
}
