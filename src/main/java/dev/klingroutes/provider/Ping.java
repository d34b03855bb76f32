package dev.klingroutes.provider;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Acceptance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/**
 * Asks the provider for a task that was never sent. That costs nothing, and tells whether this is
 * the API, whether it takes the key, and what time it is there; codes as in {@link Verdict}.
 *
 * @param fault what is wrong, for people; null if nothing is
 * @param ahead how far this machine's clock is ahead of the provider's, give or take a second
 */
public record Ping(String fault, Optional<Duration> ahead) {
    private static final Set<String> KEY = Set.of("1000", "1001", "1002", "1003", "1004");

    /** Reads {@code kling.api.url}, {@code kling.watch.deadline} and the key. */
    public static Ping provider(Settings settings) {
        String address = Acceptance.address(settings);
        HttpClientBuilder builder = HttpClientBuilder.create();
        new ProviderHttp(settings).configureHttpClient(builder);
        try (CloseableHttpClient client = builder.build()) {
            return client.execute(
                    new HttpGet(Call.nowhere(address)),
                    answer -> {
                        byte[] body = EntityUtils.toByteArray(answer.getEntity());
                        String fault =
                                fault(Reply.read(answer.getCode(), body), settings.key().isEmpty());
                        return new Ping(fault, ahead(answer.getFirstHeader(HttpHeaders.DATE)));
                    });
        } catch (IOException e) {
            return new Ping("it cannot be reached: " + e.getMessage(), Optional.empty());
        }
    }

    private static String fault(Reply reply, boolean keyless) {
        int status = reply.httpStatus();
        String code = reply.code() == null ? "" : reply.code();
        String account = reply.good() ? null : Closed.account(reply);
        if (account != null) {
            return account + " (" + reply.shown() + ")";
        }
        if (status == 401 || status == 403 || KEY.contains(code)) {
            return (keyless
                            ? "there is no key, COMETAPI_KEY is not set: "
                            : "the key of COMETAPI_KEY is not accepted: ")
                    + reply.shown();
        }
        if (!reply.readable() && status < 500) {
            return "this is not the API, check kling.api.url: " + reply.shown();
        }
        boolean notFound = status == 400 || status == 404 || reply.good();
        return notFound ? null : "it is in trouble: " + reply.shown();
    }

    private static Optional<Duration> ahead(Header date) {
        try {
            return date == null
                    ? Optional.empty()
                    : Optional.of(
                            Duration.between(
                                    DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                                            date.getValue(), Instant::from),
                                    Instant.now()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
