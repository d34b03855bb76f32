package dev.klingroutes.video;

import dev.klingroutes.HostHttp;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Fetches from download hosts, which get nothing of ours: no key, no cookie, no referer, no header
 * of an exchange. Redirects are followed here, each checked like a link of the provider.
 */
final class VideoClient implements AutoCloseable {
    /** After so long without a byte a transfer is broken. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Timeout CONNECT = Timeout.ofSeconds(10);
    private static final int CONNECTIONS = 64;
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_HEADERS = 200;
    private static final int LONGEST_HEADER = 1 << 14;

    /** Takes a reply that is no redirect. */
    interface Taker<T> {
        T take(ClassicHttpResponse response) throws IOException;
    }

    private final CloseableHttpClient client;
    private final DnsResolver addresses;
    private final boolean proxied;
    private final LinkRules rules;
    private final Duration patience;

    /**
     * @param patience for one get, all of it
     * @param silence the longest wait for the next byte
     */
    VideoClient(
            LinkRules rules,
            DnsResolver addresses,
            Duration patience,
            Duration silence,
            HostHttp host) {
        this.rules = rules;
        this.addresses = addresses;
        HttpHost proxy = host.proxy().orElse(null);
        proxied = proxy != null;
        this.patience = patience;
        Timeout next = Timeout.of(silence);
        client =
                HttpClients.custom()
                        .setConnectionManager(
                                PoolingHttpClientConnectionManagerBuilder.create()
                                        // a proxy is the operator's, wherever it stands
                                        .setDnsResolver(proxied ? null : addresses)
                                        .setTlsSocketStrategy(
                                                host.trust()
                                                        .map(DefaultClientTlsStrategy::new)
                                                        .orElse(null))
                                        .setConnectionFactory(
                                                ManagedHttpClientConnectionFactory.builder()
                                                        .http1Config(
                                                                Http1Config.custom()
                                                                        .setMaxHeaderCount(
                                                                                MOST_HEADERS)
                                                                        .setMaxLineLength(
                                                                                LONGEST_HEADER)
                                                                        .build())
                                                        .build())
                                        .setDefaultConnectionConfig(
                                                ConnectionConfig.custom()
                                                        .setConnectTimeout(CONNECT)
                                                        .setSocketTimeout(next)
                                                        .build())
                                        .setMaxConnTotal(CONNECTIONS)
                                        .setMaxConnPerRoute(CONNECTIONS)
                                        .build())
                        .setDefaultRequestConfig(
                                RequestConfig.custom()
                                        .setResponseTimeout(next)
                                        .setProtocolUpgradeEnabled(false)
                                        .build())
                        .setUserAgent("kling-routes")
                        .setProxy(proxy)
                        .disableAutomaticRetries()
                        .disableRedirectHandling()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .disableContentCompression()
                        .build();
    }

    /**
     * @throws UnsafeLink if the link or a redirect leads where it must not
     * @throws Transfer.Broken if the host does not answer, or not in time; what else is thrown is
     *     the taker's
     */
    <T> T get(Link link, Map<String, String> headers, Taker<T> taker) throws IOException {
        CompletableFuture<Void> ended =
                new CompletableFuture<Void>().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        try {
            Link at = link;
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                if (proxied) {
                    publicAsFarAsSeen(at);
                }
                HttpGet get = new HttpGet(at.uri());
                headers.forEach(get::setHeader);
                ended.whenComplete((nothing, late) -> get.cancel());
                ClassicHttpResponse response = answer(get);
                try {
                    Header location = location(response);
                    if (location == null) {
                        return taker.take(response);
                    }
                    at = at.redirected(location.getValue(), rules);
                } finally {
                    // or closing would read what the host still sends
                    get.cancel();
                    close(response);
                }
            }
            throw new Transfer.Broken("it was redirected more than " + MOST_REDIRECTS + " times");
        } catch (Transfer.Broken e) {
            throw ended.isDone() ? new Transfer.Broken("it was not whole after " + patience) : e;
        } finally {
            ended.complete(null);
        }
    }

    /** A name that only the proxy knows is the proxy's to judge. */
    private void publicAsFarAsSeen(Link link) throws UnsafeLink {
        try {
            addresses.resolve(link.uri().getHost().replaceAll("[\\[\\]]", ""));
        } catch (UnsafeLink e) {
            throw e;
        } catch (UnknownHostException notKnownHere) {
            return;
        }
    }

    private ClassicHttpResponse answer(HttpGet get) throws IOException {
        try {
            return client.executeOpen(null, get, null);
        } catch (UnsafeLink e) {
            throw e;
        } catch (IOException | IllegalStateException e) {
            throw new Transfer.Broken(
                    get.getAuthority().getHostName() + " cannot be reached: " + e.getMessage());
        }
    }

    private static Header location(ClassicHttpResponse response) {
        return switch (response.getCode()) {
            case 301, 302, 303, 307, 308 -> response.getFirstHeader(HttpHeaders.LOCATION);
            default -> null;
        };
    }

    private static void close(ClassicHttpResponse response) {
        try {
            response.close();
        } catch (IOException brokenBefore) {
            // said already by who read it
        }
    }

    /** Breaks what is under way. */
    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
