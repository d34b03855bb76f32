package dev.klingroutes.provider;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What an answered create call means for our money. Decided by the service code first, because one
 * HTTP status stands for several things (429 for five: kling-api 3.1).
 */
public enum Verdict {
    /** The provider has it and named it. */
    CREATED,
    /** Final: not created, and never will be as it is. */
    REFUSED,
    /** Not created; the same call is good later. */
    LATER,
    /** Not created: as many tasks are running as the provider takes (1303). */
    FULL,
    /** Not created, nor would any other be: key, money, address. */
    CLOSED,
    /** It may have been created. Never sent again by itself. */
    UNCLEAR;

    private static final Map<String, Verdict> BY_CODE =
            Map.ofEntries(
                    Map.entry("1000", CLOSED),
                    Map.entry("1001", CLOSED),
                    Map.entry("1002", CLOSED),
                    Map.entry("1003", CLOSED),
                    Map.entry("1004", CLOSED),
                    Map.entry("1100", CLOSED),
                    Map.entry("1101", CLOSED),
                    Map.entry("1102", CLOSED),
                    Map.entry("1304", CLOSED),
                    Map.entry("1103", REFUSED),
                    Map.entry("1200", REFUSED),
                    Map.entry("1201", REFUSED),
                    Map.entry("1202", REFUSED),
                    Map.entry("1203", REFUSED),
                    Map.entry("1300", REFUSED),
                    Map.entry("1301", REFUSED),
                    Map.entry("1302", LATER),
                    Map.entry("1303", FULL),
                    Map.entry("5000", UNCLEAR),
                    Map.entry("5001", UNCLEAR),
                    Map.entry("5002", UNCLEAR),
                    Map.entry("invalid_request", REFUSED),
                    Map.entry("model_not_found", REFUSED),
                    Map.entry("insufficient_user_quota", CLOSED));

    /** Without a service code: the key, the money or the address is wrong, not the prompt. */
    private static final Set<Integer> ELSEWHERE = Set.of(401, 402, 403, 404, 405);

    private static final Set<Integer> REFUSING = Set.of(400, 406, 413, 414, 415, 422);

    /** The verdict on an answer; a call without one is {@link NotSent} or UNCLEAR. */
    public static Verdict of(Reply reply) {
        String message = reply.message() == null ? "" : reply.message().toLowerCase(Locale.ROOT);
        if (reply.good()) {
            return usable(reply.taskId()) ? CREATED : UNCLEAR;
        }
        if (message.contains("parallel task over resource pack limit")) {
            return FULL;
        }
        if (reply.readable() && sentBefore(message)) {
            return UNCLEAR;
        }
        Verdict known = reply.code() == null ? null : BY_CODE.get(reply.code());
        return known != null ? known : byStatus(reply);
    }

    /** The words of 1201 for an id that the provider knows; the code alone means a bad field. */
    private static boolean sentBefore(String message) {
        return message.contains("already exist")
                || message.contains("duplicate") && message.contains("external_task_id");
    }

    private static Verdict byStatus(Reply reply) {
        int status = reply.httpStatus();
        if (status == 429) {
            return LATER;
        }
        if (ELSEWHERE.contains(status) || status / 100 == 3) {
            return CLOSED;
        }
        if (REFUSING.contains(status)) {
            // a page instead of JSON: not the API but something else at that address
            return reply.readable() ? REFUSED : CLOSED;
        }
        return UNCLEAR;
    }

    static boolean usable(String taskId) {
        return taskId != null && taskId.length() <= 256 && !taskId.matches("\\.{1,2}");
    }
}
