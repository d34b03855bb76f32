package dev.klingroutes.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** A whole answer. */
record Reply(int status, String type, String body, Map<String, String> headers) {
    static Reply json(int status, String body) {
        return new Reply(status, "application/json; charset=utf-8", body, Map.of());
    }

    static Reply html(int status, String title) {
        return new Reply(
                status,
                "text/html; charset=utf-8",
                "<!DOCTYPE html><html><head><title>%1$s</title></head><body><h1>%1$s</h1></body></html>"
                        .formatted(title),
                Map.of());
    }

    static Reply redirect(int status, String to) {
        return new Reply(status, "text/html; charset=utf-8", "", Map.of("Location", to));
    }

    void send(HttpExchange exchange) throws IOException {
        drain(exchange);
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /** The server keeps a connection only if the request was read to its end. */
    static void drain(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    }
}
