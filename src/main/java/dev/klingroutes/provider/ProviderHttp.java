package dev.klingroutes.provider;

import static java.util.Locale.ROOT;

import dev.klingroutes.HostHttp;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * How we talk to the provider: nothing is repeated or redirected by itself, a call has one deadline
 * for all of it, a create never rides on a connection that may be stale, no part of a reply is
 * without end, and the key is added at the last moment so that no exchange ever holds it.
 */
public final class ProviderHttp implements HttpClientConfigurer {
    /** The largest reply seen is a few KB. */
    private static final int MAX_REPLY_BYTES = 1 << 20;

    /** A shorter one is none, and stands in words by chance. */
    private static final int SHORTEST_KEY = 8;

    private static final String SENT = "kling-sent";

    /** Opened as needed; with the usual 20, a create would wait behind looks. */
    private static final int CONNECTIONS = 200;

    private static final int MOST_HEADERS = 200;
    private static final int LONGEST_HEADER = 1 << 14;

    private final HostHttp host;
    private final String key;
    private final Duration submitDeadline;
    private final Duration lookDeadline;

    /** Reads {@code kling.submit.deadline}, {@code kling.watch.deadline} and the key. */
    public ProviderHttp(Settings settings) {
        host = new HostHttp(settings);
        key = settings.key().isEmpty() ? "none" : settings.key();
        submitDeadline = settings.duration("kling.submit.deadline");
        lookDeadline = settings.duration("kling.watch.deadline");
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "kling-call", this::call)
                .addExecInterceptorBefore(
                        ChainElement.MAIN_TRANSPORT.name(), SENT, ProviderHttp::connected);
        host.proxy().ifPresent(client::setProxy);
        if (!host.hasConnections()) {
            client.setConnectionManager(connections());
        }
    }

    /** Camel's own would read a header without end. Closed with the client that it is given to. */
    private HttpClientConnectionManager connections() {
        Http1Config bounds =
                Http1Config.custom()
                        .setMaxHeaderCount(MOST_HEADERS)
                        .setMaxLineLength(LONGEST_HEADER)
                        .build();
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(host.tls())
                .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder().http1Config(bounds).build())
                .setMaxConnPerRoute(CONNECTIONS)
                .setMaxConnTotal(CONNECTIONS)
                .build();
    }

    private ClassicHttpResponse call(
            ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        boolean create = Method.POST.isSame(request.getMethod());
        Duration deadline = create ? submitDeadline : lookDeadline;
        CompletableFuture<Void> ended =
                new CompletableFuture<Void>().orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
        ended.whenComplete((nothing, late) -> cancel(scope, late));
        try {
            if (create) {
                connectAnew(scope);
            }
            request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key);
            ClassicHttpResponse response = whole(chain.proceed(request, scope), scope);
            if (!sent(scope)) {
                throw new IOException(
                        "the proxy lets nothing through, it says HTTP " + response.getCode());
            }
            scope.execRuntime.releaseEndpoint();
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            scope.execRuntime.discardEndpoint();
            IOException failed =
                    ended.isDone() ? new IOException("no answer within " + deadline, e) : io(e);
            // a look that was not sent says nothing of the create before it
            throw create && !sent(scope) ? new NotSent(failed) : failed;
        } finally {
            ended.complete(null);
        }
    }

    private static IOException io(Exception e) {
        return e instanceof IOException io ? io : new IOException(e);
    }

    private static ClassicHttpResponse connected(
            ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(SENT, true);
        return chain.proceed(request, scope);
    }

    /** Whether the way was open; before that there may have been the answer of a proxy. */
    private static boolean sent(ExecChain.Scope scope) {
        return scope.clientContext.getAttribute(SENT) != null;
    }

    private static void connectAnew(ExecChain.Scope scope) throws IOException {
        if (!scope.execRuntime.isEndpointAcquired()) {
            scope.execRuntime.acquireEndpoint(
                    scope.exchangeId, scope.route, null, scope.clientContext);
        }
        if (scope.execRuntime.isEndpointConnected()) {
            scope.execRuntime.disconnectEndpoint();
        }
    }

    private static void cancel(ExecChain.Scope scope, Throwable late) {
        if (late != null && scope.originalRequest instanceof Cancellable request) {
            request.cancel();
        }
    }

    /**
     * Reads the body here, so that the deadline and the bound hold for it too, and so that a key
     * which the provider repeats goes no further.
     */
    private ClassicHttpResponse whole(ClassicHttpResponse response, ExecChain.Scope scope)
            throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return response;
        }
        byte[] body;
        try (InputStream in = unpacked(response, entity.getContent())) {
            body = in == null ? new byte[0] : in.readNBytes(MAX_REPLY_BYTES + 1);
            if (body.length > MAX_REPLY_BYTES) {
                // or closing would read the rest
                scope.execRuntime.discardEndpoint();
                throw new IOException("the reply is longer than " + MAX_REPLY_BYTES + " bytes");
            }
        }
        response.setEntity(new ByteArrayEntity(without(key, body), null));
        return response;
    }

    /** Not asked for; Camel would unpack it without a bound, after the key was looked for in it. */
    private static InputStream unpacked(ClassicHttpResponse response, InputStream body)
            throws IOException {
        Header packed = response.getFirstHeader(HttpHeaders.CONTENT_ENCODING);
        response.removeHeaders(HttpHeaders.CONTENT_ENCODING);
        return body != null
                        && packed != null
                        && packed.getValue().toLowerCase(ROOT).contains("gzip")
                ? new GZIPInputStream(body)
                : body;
    }

    private static byte[] without(String key, byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        return key.length() < SHORTEST_KEY || !text.contains(key)
                ? body
                : text.replace(key, "[the key]").getBytes(StandardCharsets.ISO_8859_1);
    }
}
