package dev.klingroutes.rooms;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.klingroutes.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A sandbox behind a gateway that takes every create and answers rubbish, until it recovers. */
final class RubbishProvider implements AutoCloseable {
    private static final List<String> BODIES =
            List.of(
                    "<html><body>Please sign in</body></html>",
                    "",
                    "{\"code\":0,\"data\":{",
                    "{\"code\":[0],\"data\":{\"task_id\":{},\"task_status\":[\"failed\"]}}",
                    "x".repeat(10 << 20));
    private static final int DRIPPING = BODIES.size();
    private static final int BUSY = DRIPPING + 1;
    private static final int KINDS = BUSY + 1;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Sandbox sandbox;
    private final CountDownLatch recovered = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger creates = new AtomicInteger();

    RubbishProvider(Sandbox sandbox) throws IOException {
        this.sandbox = sandbox;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void recovers() {
        recovered.countDown();
    }

    int calls() {
        return calls.get();
    }

    int creates() {
        return creates.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean create = exchange.getRequestMethod().equals("POST");
            calls.incrementAndGet();
            int number = create ? creates.getAndIncrement() : calls.get();
            boolean good = recovered.getCount() == 0;
            int kind = number % KINDS;
            if (!good && kind == BUSY) {
                send(exchange, 429, "{\"code\":1302,\"message\":\"too fast\"}");
                return;
            }
            HttpResponse<byte[]> answer = good || create ? sandbox(exchange, body) : null;
            if (good) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } else if (kind == DRIPPING) {
                drip(exchange);
            } else {
                send(exchange, 200, BODIES.get(kind));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> sandbox(HttpExchange exchange, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(sandbox.url() + exchange.getRequestURI()))
                        .method(
                                exchange.getRequestMethod(),
                                HttpRequest.BodyPublishers.ofByteArray(body))
                        .header("Content-Type", "application/json");
        String key = exchange.getRequestHeaders().getFirst("Authorization");
        return client.send(
                (key == null ? request : request.header("Authorization", key)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void drip(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 100_000);
        while (!recovered.await(20, TimeUnit.MILLISECONDS)) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
        }
    }

    @Override
    public void close() {
        recovers();
        server.stop(0);
        threads.shutdownNow();
    }
}
