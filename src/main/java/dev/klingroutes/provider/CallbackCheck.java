package dev.klingroutes.provider;

import dev.klingroutes.Settings;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Callbacks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Calls our own public address, as the provider would: is it reached? The token of the call stands
 * in the ledger while it lasts, so any node on this ledger may answer it, and nothing else can.
 */
public final class CallbackCheck {
    /**
     * What was seen.
     *
     * @param story for people, without any secret
     */
    public record Result(boolean reached, String story) {}

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Callbacks callbacks;
    private final CallbackAddress address;

    /** Reads {@code kling.callback.url}. */
    public CallbackCheck(Callbacks callbacks, Settings settings) {
        this.callbacks = callbacks;
        address = new CallbackAddress(settings);
    }

    /** Calls it; takes at most twenty seconds and throws nothing. */
    public Result call() {
        CallbackToken trial = null;
        try {
            trial = callbacks.trial();
            int good = post(trial);
            return good / 100 == 2 ? second(post(CallbackToken.fresh())) : missed(good);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return missed("interrupted");
        } catch (IOException | RuntimeException e) {
            return missed(why(e));
        } finally {
            forget(trial);
        }
    }

    private int post(CallbackToken trial) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address.of(trial)))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Anything may answer 200; only a node on this ledger knows one token and not another. */
    private Result second(int status) {
        return status == 404
                ? new Result(true, address.shown() + " is reached")
                : missed("something else is behind it: it takes any call");
    }

    private Result missed(int status) {
        return missed(
                "it answers HTTP "
                        + status
                        + (status == 404 ? ": no node on this ledger is behind it" : ""));
    }

    private Result missed(String why) {
        return new Result(
                false, address.shown() + " is not reached (" + why + "); looks go on without them");
    }

    private static String why(Exception e) {
        String message =
                e instanceof ConnectException && e.getMessage() == null
                        ? "nothing listens there"
                        : e.getClass().getSimpleName() + ": " + e.getMessage();
        return CallbackAddress.without(message);
    }

    private void forget(CallbackToken trial) {
        try {
            if (trial != null) {
                callbacks.over(trial);
            }
        } catch (RuntimeException itIsForgottenByTheNextOne) {
            return;
        }
    }
}
