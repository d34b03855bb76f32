package dev.klingroutes.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.klingroutes.Settings;
import dev.klingroutes.task.CallbackToken;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the provider calls back: {@code kling.callback.url}, our path, and a secret of the task's
 * own (CometAPI, "Use Kling callback URLs", 2026).
 */
public final class CallbackAddress {
    private static final String PATH = "/kling/callbacks/";
    private static final Pattern CALLED =
            Pattern.compile("[^?#]*/kling/callbacks/([A-Za-z0-9_-]+)(\\?.*)?");
    private static final Pattern SHOWN =
            Pattern.compile(
                    "(kling(?:/|\\\\/|%2F)callbacks(?:/|\\\\/|%2F))[A-Za-z0-9_-]+",
                    Pattern.CASE_INSENSITIVE);

    private final String base;

    /** Reads {@code kling.callback.url}. */
    public CallbackAddress(Settings settings) {
        base = settings.text("kling.callback.url").replaceFirst("/+$", "");
    }

    /** Whether the provider is asked to call back. */
    public boolean isSet() {
        return !base.isEmpty();
    }

    /** A token for a new create call; null if the provider is not asked to call back. */
    CallbackToken token() {
        return isSet() ? CallbackToken.fresh() : null;
    }

    /** The address for a token. */
    public String of(CallbackToken token) {
        return base + PATH + token.secret();
    }

    /** For people, who need not know the secret. */
    public String shown() {
        return base + PATH + "…";
    }

    /**
     * The stored body of a create call as it is sent: the secret is added at the last moment, so
     * that the ledger never holds it.
     *
     * @param token null if the provider is not asked to call back
     */
    String sent(String body, CallbackToken token) {
        if (token == null) {
            return body;
        }
        ObjectNode sent = Json.parse(body);
        sent.put("callback_url", of(token));
        return sent.toString();
    }

    /**
     * The token that somebody called with; null if there is none of the right form.
     *
     * @param address as it was called, with or without a host
     */
    static CallbackToken called(String address) {
        Matcher called = CALLED.matcher(address == null ? "" : address);
        return called.matches() ? CallbackToken.of(called.group(1)) : null;
    }

    /** A foreign text without the secret that it may repeat. */
    static String without(String text) {
        return text == null || !text.contains("callbacks")
                ? text
                : SHOWN.matcher(text).replaceAll("$1…");
    }
}
