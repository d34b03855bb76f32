package dev.klingroutes.rooms;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A provider that calls back before it has answered the create call; its tasks never end. */
final class HastyProvider implements AutoCloseable {
    private static final String RENDERING =
            "{\"code\":0,\"data\":{\"task_id\":\"true\",\"task_status\":\"processing\"}}";

    private final HttpServer server;
    private final AtomicInteger creates = new AtomicInteger();

    HastyProvider(Consumer<String> callback) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    if (exchange.getRequestMethod().equals("POST")) {
                        creates.incrementAndGet();
                        String address =
                                new ObjectMapper().readTree(body).path("callback_url").asText();
                        callback.accept(URI.create(address).getPath());
                    }
                    byte[] answer = RENDERING.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int creates() {
        return creates.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
