package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.Caller.DOOR;
import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The advisories for Camel 4.18.0 that touch our doors, each tried on them. What each is about:
 * docs/security.md.
 */
class AdvisoriesTest {
    private static final String KEY = "key-that-must-not-leak";

    @TempDir Path home;
    private final Caller caller = new Caller();
    private House house;

    @AfterEach
    void close() {
        house.close();
    }

    /** HTTP producers resolve placeholders in CamelHttpUri. */
    @ParameterizedTest
    @ValueSource(strings = {"{{COMETAPI_KEY}}", "{{env:PATH}}", "${properties:COMETAPI_KEY}"})
    void cve_2026_78164_no_placeholder_in_a_reply_is_resolved(String taskId) throws Exception {
        try (Provider provider = new Provider().withTaskId(taskId)) {
            house = caller.at(new House(home, provider.url())).with("COMETAPI_KEY", KEY).open();
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(provider.asked()).hasSizeGreaterThanOrEqualTo(2));
            assertThat(provider.asked().get(1))
                    .startsWith("GET /kling/v1/videos/text2video/")
                    .doesNotContain("{");
            assertThat(String.join(" ", provider.asked())).doesNotContain(KEY, "/bin");
        }
    }

    /** Redirects take credentials to another host. */
    @Test
    void cve_2026_85251_no_redirect_of_the_provider_is_followed() throws Exception {
        try (Provider stranger = new Provider()) {
            HttpServer provider = redirecting(stranger.url());
            try {
                house =
                        caller.at(
                                        new House(
                                                home,
                                                "http://127.0.0.1:"
                                                        + provider.getAddress().getPort()))
                                .with("COMETAPI_KEY", KEY)
                                .open();
                house.drop("cat.txt", "a cat");

                soon(() -> assertThat(house.task("cat").looks()).isGreaterThanOrEqualTo(1));
                assertThat(house.state("cat")).isEqualTo("SUBMITTED");
                assertThat(stranger.asked()).isEmpty();
            } finally {
                provider.stop(0);
            }
        }
    }

    /** Creates, and sends every look elsewhere. */
    private static HttpServer redirecting(String elsewhere) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    boolean create = exchange.getRequestMethod().equals("POST");
                    byte[] answer =
                            "{\"code\":0,\"data\":{\"task_id\":\"1\",\"task_status\":\"submitted\"}}"
                                    .getBytes();
                    exchange.getResponseHeaders()
                            .set("Location", elsewhere + exchange.getRequestURI());
                    exchange.sendResponseHeaders(create ? 200 : 302, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        return server;
    }

    /** With a context path the server's own authentication is not asked. */
    @Test
    void cve_2026_40022_the_door_is_guarded_by_its_token_and_not_by_the_server() throws Exception {
        Path users = Files.writeString(home.resolve("users"), "user.me=secret,role\n");
        try (Sandbox sandbox = stuck()) {
            house =
                    caller.at(new House(home, sandbox))
                            .with("camel.server.path", "/api")
                            .with("camel.server.authentication-enabled", "true")
                            .with("camel.server.basic-properties-file", users.toString())
                            .open();
            house.drop("cat.txt", "a [stuck] cat");
            soon(() -> assertThat(house.task("cat").looks()).isEqualTo(1));

            for (String path : new String[] {"/api", "/api/", "//api", "/api//", "/api/x/..", ""}) {
                int status = caller.post(path + DOOR + "A".repeat(43), "{}");
                assertThat(status).as(path).isIn(401, 404);
            }
            assertThat(house.task("cat").looks()).isEqualTo(1);
        }
    }

    /** A path that begins with "proxy" makes the server an open proxy. */
    @Test
    void cve_2026_85316_the_door_is_no_proxy() throws Exception {
        try (Sandbox sandbox = stuck();
                Provider victim = new Provider()) {
            house = caller.at(new House(home, sandbox)).open();
            house.drop("cat.txt", "a [stuck] cat");
            soon(() -> assertThat(house.task("cat").looks()).isEqualTo(1));
            String door = Caller.door(sandbox, 0);
            String rest =
                    " HTTP/1.1\r\nHost: "
                            + victim.url().substring("http://".length())
                            + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

            caller.raw("POST " + victim.url() + door + rest);
            for (String line :
                    new String[] {
                        "POST " + victim.url() + "/",
                        "GET " + victim.url() + "/",
                        "CONNECT " + victim.url().substring("http://".length()),
                        "POST /proxy",
                        "POST /kling/callbacks/proxy/" + victim.url(),
                        "POST " + door + "?bridgeEndpoint=true&CamelHttpUri=" + victim.url()
                    }) {
                assertThat(caller.raw(line + rest)).as(line).startsWith("HTTP/1.1 ");
            }

            assertThat(victim.asked()).isEmpty();
        }
        assertThat(Files.readString(Path.of("routes/task-watch.camel.yaml")))
                .doesNotContainPattern("path: /?proxy");
    }

    /** Nothing but the door is on its server. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/q/dev",
                "/q/upload/x",
                "/q/download",
                "/q/send",
                "/q/health",
                "/q/jolokia",
                "/q/metrics",
                "/observe/health",
                "/observe/info",
                "/kling",
                "/kling/routes/task-watch.camel.yaml",
                "/kling/application.properties",
                "/../etc/passwd"
            })
    void nothing_else_is_served(String path) throws Exception {
        try (Sandbox sandbox = stuck()) {
            house = caller.at(new House(home, sandbox)).open();

            for (String method : new String[] {"GET", "POST", "PUT"}) {
                assertThat(caller.say(method, path, "", "x")).startsWith("HTTP/1.1 404");
            }
        }
    }

    private static Sandbox stuck() throws IOException {
        return Sandbox.start(
                SandboxSettings.defaults()
                        .withRender(Duration.ofMillis(100))
                        .withInFlight(0)
                        .withFaults("callback.lose"));
    }
}
