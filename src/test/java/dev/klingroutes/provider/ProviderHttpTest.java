package dev.klingroutes.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.klingroutes.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderHttpTest {
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    /** What a server can send to somebody who has stopped reading, generously. */
    private static final long BUFFERS = 24L << 20;

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private RawServer server;
    private ProducerTemplate calls;

    @BeforeEach
    void open() throws Exception {
        server = new RawServer();
        camel.getRegistry().bind("klingProviderHttp", new ProviderHttp(settings("")));
        camel.start();
        calls = camel.createProducerTemplate();
    }

    private static Settings settings(String proxy) {
        return Settings.of(
                Map.of(
                        "COMETAPI_KEY", "sk-secret",
                        "kling.http.proxy", proxy,
                        "kling.submit.deadline", "600ms",
                        "kling.watch.deadline", "400ms"));
    }

    @AfterEach
    void close() throws Exception {
        camel.stop();
        server.close();
    }

    private String call(String url, String method, String body) {
        byte[] reply =
                calls.request(
                                "https://kling-provider?httpClientConfigurer=#klingProviderHttp"
                                        + "&throwExceptionOnFailure=false&skipRequestHeaders=true"
                                        + "&skipResponseHeaders=true&disableStreamCache=true",
                                exchange -> {
                                    exchange.getMessage().setHeader("CamelHttpUri", url);
                                    exchange.getMessage().setHeader("CamelHttpMethod", method);
                                    exchange.getMessage().setHeader("X-Own", "not theirs");
                                    exchange.getMessage().setBody(body);
                                })
                        .getMessage()
                        .getBody(byte[].class);
        return reply == null ? null : new String(reply, StandardCharsets.UTF_8);
    }

    private String create() {
        return call(server.url() + "/c", "POST", "{\"prompt\":\"a\"}");
    }

    private String look() {
        return call(server.url() + "/l", "GET", null);
    }

    private Throwable failure(String url, String method) {
        return calls.request(
                        "https://kling-provider?httpClientConfigurer=#klingProviderHttp"
                                + "&throwExceptionOnFailure=false&skipRequestHeaders=true"
                                + "&skipResponseHeaders=true&disableStreamCache=true",
                        exchange -> {
                            exchange.getMessage().setHeader("CamelHttpUri", url);
                            exchange.getMessage().setHeader("CamelHttpMethod", method);
                            exchange.getMessage().setBody(method.equals("POST") ? "{}" : null);
                        })
                .getException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"429 Too Many Requests", "503 Service Unavailable"})
    void a_create_is_sent_once_even_if_the_provider_asks_for_another(String status) {
        server.answers(
                "HTTP/1.1 " + status + "\r\nRetry-After: 0\r\nContent-Length: 4\r\n\r\nbusy");

        assertThat(create()).isEqualTo("busy");
        assertThat(server.requests()).hasSize(1);
    }

    /** What a proxy says before the tunnel is open is no word of the provider's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 13\r\n\r\n{\"code\":1201}",
                "HTTP/1.1 102 Processing\r\n\r\n",
                "rubbish\r\n\r\n"
            })
    void what_a_proxy_does_not_let_through_was_not_sent(String answer) {
        server.answers(answer);
        String proxy = server.url().replace("http://", "");
        camel.getRegistry().bind("klingProviderHttp", new ProviderHttp(settings(proxy)));

        assertThat(failure("https://kling.invalid/c", "POST")).isInstanceOf(NotSent.class);
        assertThat(failure("https://kling.invalid/l", "GET"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NotSent.class);
        assertThat(server.requests()).noneMatch(sent -> sent.contains("sk-secret"));
    }

    @Test
    void no_redirect_is_followed() {
        server.answers(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                        + server.url()
                        + "/elsewhere\r\nContent-Length: 0\r\n\r\n");

        create();
        look();
        assertThat(server.requests()).hasSize(2).noneMatch(sent -> sent.contains("/elsewhere"));
    }

    @Test
    void a_key_that_the_provider_repeats_goes_no_further() {
        server.answers(
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 26\r\n\r\n\"no such token sk-secret…\"");

        assertThat(look()).contains("no such token [the key]").doesNotContain("sk-secret");
    }

    @Test
    void a_packed_reply_that_nobody_asked_for_is_unpacked_here() throws Exception {
        server.answers(packed("{\"message\":\"no such token sk-secret…\"}"));
        assertThat(look()).contains("[the key]").doesNotContain("sk-secret");

        server.answers(packed(" ".repeat(1 << 26)));
        assertThat(failure(server.url() + "/l", "GET")).hasMessageContaining("is longer than");
    }

    private static String packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                + bytes.size()
                + "\r\n\r\n"
                + bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void no_cookie_is_kept() {
        server.answers(GOOD.replace("\r\n\r\n", "\r\nSet-Cookie: session=1; Path=/\r\n\r\n"));

        look();
        look();
        assertThat(server.requests()).hasSize(2).noneMatch(sent -> sent.contains("Cookie"));
    }

    @Test
    void a_call_carries_the_key_and_nothing_of_the_exchange() {
        server.answers(GOOD);

        assertThat(create()).isEqualTo("{}");
        assertThat(look()).isEqualTo("{}");
        assertThat(server.requests()).hasSize(2);
        for (String sent : server.requests()) {
            assertThat(sent).contains("\r\nAuthorization: Bearer sk-secret\r\n");
            assertThat(sent).doesNotContainIgnoringCase("x-own").doesNotContain("Camel");
            // or a reply that is packed would pass the limit and then grow
            assertThat(sent).doesNotContainIgnoringCase("accept-encoding");
        }
        assertThat(server.requests().get(0)).startsWith("POST /c ").endsWith("{\"prompt\":\"a\"}");
        assertThat(server.requests().get(1)).startsWith("GET /l ");
    }

    @Test
    void a_create_never_rides_on_a_connection_that_was_kept() {
        server.answers(GOOD);

        look();
        look();
        assertThat(server.connections()).isEqualTo(1);
        create();
        create();
        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void a_call_has_one_deadline_even_if_the_server_drips() {
        server.drips();
        long start = System.nanoTime();

        Throwable late = failure(server.url() + "/c", "POST");
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(late).isNotInstanceOf(NotSent.class).hasMessage("no answer within PT0.6S");
        assertThat(took).isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
        assertThat(failure(server.url() + "/l", "GET")).hasMessage("no answer within PT0.4S");
    }

    @Test
    void a_reply_longer_than_a_mebibyte_is_refused() {
        server.answers("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + "x".repeat((1 << 20) + 1));
        assertThat(failure(server.url() + "/l", "GET"))
                .isNotInstanceOf(NotSent.class)
                .hasMessageContaining("longer than 1048576 bytes");

        server.answers("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + "x".repeat(1 << 20));
        assertThat(look()).hasSize(1 << 20);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\\r\\nX-Long: ', x",
        "'HTTP/1.1 200 ', OK",
        "'HTTP/1.1 200 OK\\r\\n', 'X-Many: 1\\r\\n'",
        "'HTTP/1.1 200 OK\\r\\nX-Folded: 1\\r\\n', ' and more\\r\\n'",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n', 0",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n', 'X-Late: 1\\r\\n'",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n', '10\\r\\n0123456789abcdef\\r\\n'",
        "'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n', x",
        "'', '\\r\\n'"
    })
    void what_has_no_end_is_cut_off(String beginning, String piece) {
        server.goesOn(unescaped(beginning), unescaped(piece));

        Throwable cut = failure(server.url() + "/c", "POST");

        assertThat(cut)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NotSent.class)
                .message()
                .as("not by the deadline")
                .doesNotContain("no answer within");
        assertThat(server.sent()).isLessThan(BUFFERS);
        assertThat(failure(server.url() + "/l", "GET")).isInstanceOf(IOException.class);
    }

    @Test
    void news_that_an_answer_will_come_does_not_put_off_the_deadline() {
        server.goesOn("", "HTTP/1.1 102 Processing\r\n\r\n");

        assertThat(failure(server.url() + "/c", "POST")).hasMessage("no answer within PT0.6S");
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    /** An address where nobody listens. */
    private static String nobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return "http://127.0.0.1:" + free.getLocalPort();
        }
    }

    @Test
    void what_never_reached_the_provider_is_not_sent() throws Exception {
        assertThat(failure(nobody() + "/c", "POST")).isInstanceOf(NotSent.class);
        assertThat(failure("http://no-such-host.invalid/c", "POST")).isInstanceOf(NotSent.class);
        server.answers("this is not TLS\r\n\r\n");
        assertThat(failure(server.url().replace("http:", "https:") + "/c", "POST"))
                .isInstanceOf(NotSent.class);
    }

    @Test
    void a_look_that_was_not_sent_does_not_say_that_a_create_was_not() throws Exception {
        assertThat(failure(nobody() + "/l", "GET"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(NotSent.class);
    }

    @Test
    void what_may_have_reached_the_provider_is_not_called_not_sent() {
        server.hangsUp();
        assertThat(failure(server.url() + "/c", "POST")).isNotNull().isNotInstanceOf(NotSent.class);
        assertThat(server.requests()).hasSize(1);

        server.answers("garbage\r\n\r\n");
        assertThat(failure(server.url() + "/c", "POST")).isNotNull().isNotInstanceOf(NotSent.class);
        server.answers("HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"cut");
        assertThat(failure(server.url() + "/c", "POST")).isNotNull().isNotInstanceOf(NotSent.class);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void one_failure_does_not_colour_the_next() {
        server.answers(GOOD);
        create();
        assertThat(failure("http://no-such-host.invalid/c", "POST")).isInstanceOf(NotSent.class);
        assertThat(create()).isEqualTo("{}");
    }

    @Test
    void calls_do_not_wait_for_each_other() {
        server.drips();
        long start = System.nanoTime();
        List<Throwable> late =
                java.util.stream.IntStream.range(0, 16)
                        .mapToObj(
                                i ->
                                        java.util.concurrent.CompletableFuture.supplyAsync(
                                                () -> failure(server.url() + "/c", "POST"),
                                                runnable -> new Thread(runnable).start()))
                        .toList()
                        .stream()
                        .map(java.util.concurrent.CompletableFuture::join)
                        .toList();

        assertThat(late).hasSize(16).doesNotContainNull();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void a_call_gives_its_connection_back_whatever_came() {
        server.answers("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
        for (int i = 0; i < 50; i++) {
            assertThat(look()).isEqualTo("busy");
            assertThat(create()).isEqualTo("busy");
        }
        assertThat(server.requests()).hasSize(100);
    }

    @Test
    void without_a_key_a_call_is_made_all_the_same() {
        assertThat(catchThrowable(() -> new ProviderHttp(Settings.of(Map.of())))).isNull();
    }
}
