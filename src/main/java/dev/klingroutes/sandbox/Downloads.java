package dev.klingroutes.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The download host: {@code GET /videos/{task}/{n}.mp4?Expires=…&Signature=…}. */
final class Downloads implements HttpHandler {
    private static final Pattern PATH = Pattern.compile("/videos/(\\d{18})/(\\d)\\.mp4");

    private final Tasks tasks;
    private final Clock clock;
    private final Counters counters;
    private final Supplier<Faults> faults;

    Downloads(Tasks tasks, Clock clock, Counters counters, Supplier<Faults> faults) {
        this.tasks = tasks;
        this.clock = clock;
        this.counters = counters;
        this.faults = faults;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Reply.drain(exchange);
        if (leaks(exchange.getRequestHeaders())) {
            counters.leakedHeaders.increment();
            Reply.html(400, "a header that is none of our business").send(exchange);
            return;
        }
        if (!exchange.getRequestMethod().equals("GET")) {
            Reply.html(405, "405 Method Not Allowed").send(exchange);
            return;
        }
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        Task task = path.matches() ? tasks.byId(path.group(1)) : null;
        int n = task == null ? 0 : Integer.parseInt(path.group(2));
        if (task == null || n < 1 || n > task.videos() || !succeeded(task)) {
            Reply.html(404, "404 Not Found").send(exchange);
        } else if (!Link.valid(
                task, n, exchange.getRequestURI().getRawQuery(), clock.millis() / 1000)) {
            Reply.html(403, "403 Forbidden").send(exchange);
        } else {
            counters.downloaded(task);
            serve(exchange, new Video(task, n, faults.get().videoBytes()), task.id() + "-" + n);
        }
    }

    private boolean succeeded(Task task) {
        return task.status(clock.millis()).equals("succeed");
    }

    private static boolean leaks(Headers headers) {
        return headers.keySet().stream()
                .anyMatch(
                        name ->
                                name.startsWith("Camel")
                                        || name.equals("Authorization")
                                        || name.equals("Cookie")
                                        || name.equals("Referer"));
    }

    private void serve(HttpExchange exchange, Video video, String name) throws IOException {
        String fault = faults.get().draw("download");
        switch (fault) {
            case "lose-reply" -> throw new HangUp();
            case "expired" -> Reply.html(403, "403 Forbidden").send(exchange);
            case "404" -> Reply.html(404, "404 Not Found").send(exchange);
            case "410" -> Reply.html(410, "410 Gone").send(exchange);
            case "html" -> Reply.html(200, "Please sign in").send(exchange);
            case "json" -> Reply.json(200, "{\"error\":\"no such object\"}").send(exchange);
            case "500" -> Reply.html(500, "500 Internal Server Error").send(exchange);
            case "503" -> Reply.html(503, "503 Service Unavailable").send(exchange);
            case "empty" -> new Reply(200, "video/mp4", "", Map.of()).send(exchange);
            case "redirect" ->
                    Reply.redirect(302, exchange.getRequestURI().toString()).send(exchange);
            default -> {
                if (fault.equals("slow")) {
                    faults.get().keepWaiting();
                }
                stream(exchange, video, '"' + name + '-' + video.size() + '"', fault);
            }
        }
    }

    private void stream(HttpExchange exchange, Video video, String etag, String fault)
            throws IOException {
        Headers asked = exchange.getRequestHeaders();
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "video/mp4");
        headers.set("ETag", etag);
        headers.set("Accept-Ranges", "bytes");
        String onlyIf = asked.getFirst("If-Range");
        ByteRange range =
                onlyIf == null || onlyIf.equals(etag)
                        ? ByteRange.read(asked.getFirst("Range"), video.size())
                        : null;
        if (range != null && range.empty()) {
            headers.set("Content-Range", "bytes */" + video.size());
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        if (range != null) {
            headers.set(
                    "Content-Range",
                    "bytes " + range.from() + "-" + (range.to() - 1) + "/" + video.size());
        }
        send(
                exchange,
                range == null ? 200 : 206,
                video,
                range == null ? new ByteRange(0, video.size()) : range,
                fault);
    }

    private void send(HttpExchange exchange, int status, Video video, ByteRange range, String fault)
            throws IOException {
        long half = range.from() + (range.to() - range.from()) / 2;
        boolean shortBody = fault.equals("truncated-mp4") || fault.equals("cut-clean");
        long end = shortBody ? half : range.to();
        // a length of 0 means chunks and no Content-Length
        exchange.sendResponseHeaders(status, fault.equals("cut-clean") ? 0 : end - range.from());
        OutputStream out = exchange.getResponseBody();
        if (fault.equals("cut") || fault.equals("stall")) {
            video.write(out, range.from(), half);
            out.flush();
            if (fault.equals("cut")) {
                throw new HangUp();
            }
            faults.get().keepWaiting();
            video.write(out, half, end);
        } else {
            video.write(out, range.from(), end);
        }
        exchange.close();
    }
}
