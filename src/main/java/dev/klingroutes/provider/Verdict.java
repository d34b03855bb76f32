package dev.klingroutes.provider;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What an answered create call means for our money. Decided by the service code first, because one
 * HTTP status stands for several things: 429 for five. Sources: Kling's list of error codes as of
 * 2026-09-20, and CometAPI's page "Error codes", 2026.
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
    /** The provider knows our id: it was created, by this call or an earlier one. */
    EXISTS,
    /** It may have been created. */
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
                    // new-api's own words, as seen in public code
                    Map.entry("insufficient_user_quota", CLOSED),
                    Map.entry("quota_not_enough", CLOSED),
                    Map.entry("pre_consume_token_quota_failed", CLOSED),
                    Map.entry("upstream_load_saturated", LATER));

    /**
     * Messages of the provider that a gateway shows without their code, as in new-api's public
     * code.
     */
    private static final Map<String, Verdict> BY_WORDS =
            Map.of(
                    "parallel task over resource pack limit", FULL,
                    "account balance not enough", CLOSED);

    /** Without a service code: the key, the money or the address is wrong, not the prompt. */
    private static final Set<Integer> ELSEWHERE = Set.of(401, 402, 403, 404, 405);

    private static final Set<Integer> REFUSING = Set.of(400, 406, 413, 414, 415, 422);

    /** The verdict on an answer; a call without one is {@link NotSent} or UNCLEAR. */
    public static Verdict of(Reply reply) {
        String message = reply.message() == null ? "" : reply.message().toLowerCase(Locale.ROOT);
        if (reply.good()) {
            return reply.named() ? CREATED : UNCLEAR;
        }
        if (reply.named()) {
            // whatever else it says, there is a task
            return UNCLEAR;
        }
        if (reply.readable() && sentBefore(message)) {
            return EXISTS;
        }
        Verdict known = reply.code() == null ? null : BY_CODE.get(reply.code());
        if (known == null && reply.readable()) {
            known = byWords(message);
        }
        return known != null ? known : byStatus(reply);
    }

    /** The words of 1201 for an id that the provider knows; the code alone means a bad field. */
    private static boolean sentBefore(String message) {
        return message.contains("already exist")
                || message.contains("duplicate") && message.contains("external_task_id");
    }

    private static Verdict byWords(String message) {
        return BY_WORDS.entrySet().stream()
                .filter(words -> message.contains(words.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static Verdict byStatus(Reply reply) {
        int status = reply.httpStatus();
        if (status == 429) {
            return LATER;
        }
        if (status == 403 && reply.readable() && reply.message() != null) {
            // one that names a model is about that model, any other about the whole key
            return reply.message().contains("kling-") ? REFUSED : CLOSED;
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

    /** As the ledger, the files and the log call it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
