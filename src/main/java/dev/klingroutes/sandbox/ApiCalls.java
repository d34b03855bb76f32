package dev.klingroutes.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.regex.Pattern;

/** Everything below {@code /kling/v1/}: who may call, and which of the two calls it is. */
final class ApiCalls implements HttpHandler {
    static final String ROOT = "/kling/v1/";
    private static final Pattern PATH = Pattern.compile("(videos|images|audio)/[^/].*[^/]");

    private final String key;
    private final CreateCalls creates;
    private final LookCalls looks;
    private final Counters counters;

    ApiCalls(String key, CreateCalls creates, LookCalls looks, Counters counters) {
        this.key = key;
        this.creates = creates;
        this.looks = looks;
        this.counters = counters;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            counters.createsReceived.increment();
            creates.mayReset();
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        Reply reply;
        try {
            reply = answer(exchange, body);
        } catch (Refused e) {
            counters.refused.increment();
            reply = e.reply();
        }
        reply.send(exchange);
    }

    private Reply answer(HttpExchange exchange, byte[] body) throws Refused, HangUp {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath().substring(ROOT.length());
        checkKey(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!PATH.matcher(path).matches()) {
            return Sandbox.WRONG_ADDRESS;
        }
        return switch (method) {
            case "POST" -> creates.answer(path, body);
            case "GET" -> {
                int slash = path.lastIndexOf('/');
                yield looks.answer(path.substring(0, slash), path.substring(slash + 1));
            }
            default -> throw new Refused(1202);
        };
    }

    private void checkKey(String authorization) throws Refused {
        if (authorization == null || authorization.isBlank()) {
            throw new Refused(1001);
        }
        if (!authorization.startsWith("Bearer ") || authorization.substring(7).isBlank()) {
            throw new Refused(1002);
        }
        if (key != null && !authorization.substring(7).equals(key)) {
            throw new Refused(1000);
        }
    }
}
