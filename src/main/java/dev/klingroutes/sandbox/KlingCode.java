package dev.klingroutes.sandbox;

import java.util.Map;

/**
 * Kling's error codes with the HTTP status and the text they come with.
 *
 * <p>Source: Kling's legacy error code page, fetched 2026-09-20; the messages of 1102 and 1303 were
 * seen from the live API.
 */
final class KlingCode {
    private record Meaning(int http, String message) {}

    private static final Map<Integer, Meaning> MEANINGS =
            Map.ofEntries(
                    Map.entry(1000, new Meaning(401, "Authentication failed")),
                    Map.entry(1001, new Meaning(401, "Authorization is empty")),
                    Map.entry(1002, new Meaning(401, "Authorization is invalid")),
                    Map.entry(1100, new Meaning(429, "Account exception")),
                    Map.entry(1101, new Meaning(429, "Account in arrears")),
                    Map.entry(1102, new Meaning(429, "Account balance not enough")),
                    Map.entry(1103, new Meaning(403, "Unauthorized access to this resource")),
                    Map.entry(1200, new Meaning(400, "Invalid request parameters")),
                    Map.entry(1201, new Meaning(400, "Invalid parameter key or value")),
                    Map.entry(1202, new Meaning(404, "The requested method is invalid")),
                    Map.entry(1203, new Meaning(404, "The requested resource does not exist")),
                    Map.entry(1300, new Meaning(400, "Trigger platform strategy")),
                    Map.entry(1301, new Meaning(400, "Trigger content security policy")),
                    Map.entry(1302, new Meaning(429, "Request too fast, over the rate limit")),
                    Map.entry(1303, new Meaning(429, "parallel task over resource pack limit")),
                    Map.entry(1304, new Meaning(429, "Trigger IP whitelist policy")),
                    Map.entry(5000, new Meaning(500, "Server internal error")),
                    Map.entry(5001, new Meaning(503, "Server temporarily unavailable")),
                    Map.entry(5002, new Meaning(504, "Server internal timeout")));

    private KlingCode() {}

    static String message(int code) {
        return MEANINGS.get(code).message();
    }

    static Reply reply(int code) {
        return reply(code, message(code));
    }

    static Reply reply(int code, String message) {
        return Reply.json(
                MEANINGS.get(code).http(),
                "{\"code\":%d,\"message\":%s,\"request_id\":\"%s\"}"
                        .formatted(code, Json.quote(message), Json.requestId()));
    }
}
