package dev.klingroutes.rooms;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A provider whose tasks succeed at once and whose link is whatever the test says. */
final class Provider implements AutoCloseable {
    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String taskId = "1";
    private volatile String link = "";
    private volatile byte[] video = {};

    Provider() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    String target = exchange.getRequestURI().toString();
                    asked.add(exchange.getRequestMethod() + " " + target);
                    boolean api = target.startsWith("/kling/");
                    byte[] answer = api ? task().getBytes(StandardCharsets.UTF_8) : video;
                    exchange.getResponseHeaders()
                            .set("Content-Type", api ? "application/json" : "");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    private String task() {
        return """
        {"code":0,"message":"SUCCEED","data":{"task_id":"%s","task_status":"succeed",
         "task_result":{"videos":[{"id":"v","url":"%s","duration":"5"}]}}}"""
                .formatted(taskId, link);
    }

    Provider withTaskId(String id) {
        taskId = id;
        return this;
    }

    Provider withLink(String link) {
        this.link = link;
        return this;
    }

    Provider withVideo(byte[] video) {
        this.video = video;
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Method and target of every request, byte for byte. */
    List<String> asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
