package dev.klingroutes.provider;

/** What a person can do when the provider takes no task at all (kling-api 3). */
final class Closed {
    private Closed() {}

    static String advice(Reply reply) {
        String advice =
                switch (reply.code() == null ? "" : reply.code()) {
                    case "1100", "1101", "1102", "insufficient_user_quota" ->
                            "the account has no balance or is suspended: top it up";
                    case "1304" -> "this machine's address is not on the account's IP white list";
                    default ->
                            elsewhere(reply)
                                    ? "this is not the API: check kling.api.url"
                                    : "the key is not accepted: check COMETAPI_KEY and restart";
                };
        return "the provider takes no tasks now, all wait and nothing is lost; "
                + advice
                + " ("
                + reply.shown()
                + ")";
    }

    private static boolean elsewhere(Reply reply) {
        int status = reply.httpStatus();
        return status / 100 == 3 || status == 404 || status == 405 || !reply.readable();
    }
}
