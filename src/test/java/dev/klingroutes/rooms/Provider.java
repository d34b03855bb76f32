package dev.klingroutes.rooms;

import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A provider whose tasks succeed at once and whose link is whatever the test says. */
final class Provider implements AutoCloseable {
    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String taskId = "1";
    private volatile String link = "";
    private volatile byte[] video = {};
    private volatile List<String> links = List.of();
    private final List<String> keys = new CopyOnWriteArrayList<>();

    Provider() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/",
                exchange -> {
                    String body = new String(exchange.getRequestBody().readAllBytes());
                    keys.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    String target = exchange.getRequestURI().toString();
                    asked.add(exchange.getRequestMethod() + " " + target);
                    boolean api = target.startsWith("/kling/");
                    byte[] answer =
                            api ? task(target, body).getBytes(StandardCharsets.UTF_8) : video;
                    exchange.getResponseHeaders()
                            .set("Content-Type", api ? "application/json" : "");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    private String task(String target, String body) {
        Matcher number =
                Pattern.compile("(?:\"prompt\":\"|text2video/)(\\d+)").matcher(target + body);
        boolean ofList = !links.isEmpty() && number.find();
        return """
        {"code":0,"message":"SUCCEED","data":{"task_id":"%s","task_status":"succeed",
         "task_result":{"videos":[{"id":"v","url":%s,"duration":"5"}]}}}"""
                .formatted(
                        ofList ? number.group(1) : taskId,
                        TextNode.valueOf(
                                ofList ? links.get(Integer.parseInt(number.group(1))) : link));
    }

    /** The task of a prompt that is a number gets that one of them, from 0. */
    Provider withLinks(List<String> links) {
        this.links = links;
        return this;
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

    /** What stood in every request's Authorization, null where nothing did. */
    List<String> keys() {
        return keys;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
