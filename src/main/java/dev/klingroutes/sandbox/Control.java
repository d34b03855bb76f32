package dev.klingroutes.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;

/** What of {@link Sandbox} is also open to another process. */
final class Control implements HttpHandler {
    private final Sandbox sandbox;

    Control(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        answer(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(), body)
                .send(exchange);
    }

    private Reply answer(String asked, String body) {
        return switch (asked) {
            case "GET /sandbox/stats" -> Reply.json(200, Json.write(sandbox.stats()));
            case "POST /sandbox/faults" -> misbehave(body);
            default -> Sandbox.WRONG_ADDRESS;
        };
    }

    private Reply misbehave(String faults) {
        try {
            sandbox.misbehave(faults);
            return Reply.json(200, "{}");
        } catch (IllegalArgumentException e) {
            return Reply.json(400, "{\"message\":" + Json.quote(e.getMessage()) + "}");
        }
    }
}
