package dev.klingroutes.provider;

import java.util.Locale;
import java.util.Set;

/** What a person can do when the provider takes no task at all; codes as in {@link Verdict}. */
final class Closed {
    private static final Set<String> MONEY =
            Set.of(
                    "1100",
                    "1101",
                    "1102",
                    "insufficient_user_quota",
                    "quota_not_enough",
                    "pre_consume_token_quota_failed");

    private Closed() {}

    static String advice(Reply reply) {
        return "the provider takes no tasks now, all wait and nothing is lost; "
                + cause(reply)
                + " ("
                + reply.shown()
                + ")";
    }

    private static String cause(Reply reply) {
        String account = account(reply);
        if (account != null) {
            return account;
        }
        return elsewhere(reply)
                ? "this is not the API: check kling.api.url; tasks stay with the address that they"
                        + " were accepted for, so cancel these and drop them again"
                : "the key is not accepted: check COMETAPI_KEY and restart";
    }

    /** What the account lacks; null if it is something else. */
    static String account(Reply reply) {
        String message = String.valueOf(reply.message()).toLowerCase(Locale.ROOT);
        boolean money = MONEY.contains(reply.codeOrStatus()) || message.contains("balance");
        if (money || reply.httpStatus() == 402) {
            return "the account has no balance or is suspended: top it up";
        }
        return "1304".equals(reply.code())
                ? "this machine's address is not on the account's IP white list"
                : null;
    }

    /** An answer that something else gave than the API. */
    static boolean elsewhere(Reply reply) {
        int status = reply.httpStatus();
        return status / 100 == 3
                || status == 404
                || status == 405
                || status / 100 != 5 && reply.page();
    }
}
