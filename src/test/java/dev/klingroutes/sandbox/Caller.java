package dev.klingroutes.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls a sandbox as an application would. */
final class Caller {
    static final String TEXT2VIDEO = "videos/text2video";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String url;

    Caller(Sandbox sandbox) {
        url = sandbox.url();
    }

    static String body(String externalId) {
        return body(externalId, "a small ceramic cup");
    }

    static String body(String externalId, String prompt) {
        return """
               {"model_name":"kling-v3","prompt":"%s","duration":"5","external_task_id":"%s"}"""
                .formatted(prompt, externalId);
    }

    HttpResponse<String> create(String body) throws IOException, InterruptedException {
        return text(api(TEXT2VIDEO).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    String created(String body) throws IOException, InterruptedException {
        return json(create(body)).at("/data/task_id").textValue();
    }

    HttpResponse<String> look(String id) throws IOException, InterruptedException {
        return text(api(TEXT2VIDEO + "/" + id).build());
    }

    String link(String id) throws IOException, InterruptedException {
        return json(look(id)).at("/data/task_result/videos/0/url").textValue();
    }

    HttpRequest.Builder api(String path) {
        return request(url + "/kling/v1/" + path).header("Authorization", "Bearer k");
    }

    static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(20));
    }

    static HttpResponse<byte[]> download(String link) throws IOException, InterruptedException {
        return bytes(request(link).build());
    }

    static HttpResponse<byte[]> bytes(HttpRequest request)
            throws IOException, InterruptedException {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    static HttpResponse<String> text(HttpRequest request) throws IOException, InterruptedException {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }
}
