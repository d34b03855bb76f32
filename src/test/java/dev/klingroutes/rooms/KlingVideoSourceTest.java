package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kamelet in a host that has the rooms. */
class KlingVideoSourceTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;
    private final List<Got> got = new CopyOnWriteArrayList<>();

    private record Got(Map<String, Object> headers, Object body) {
        Object header(String name) {
            return headers.get(name);
        }
    }

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(50)));
        house = new House(home, sandbox);
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private void take(Exchange exchange) {
        got.add(
                new Got(
                        Map.copyOf(exchange.getMessage().getHeaders()),
                        exchange.getMessage().getBody()));
    }

    private static RoutesBuilder host(String parameters, Processor host) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:kling-video-source?delay=20" + parameters).process(host);
            }
        };
    }

    private int handed() {
        return house.tasksWhere("handed_at is not null");
    }

    @Test
    void a_delivered_video_comes_to_the_host_once_with_its_facts() throws Exception {
        house.with(host("", this::take)).open();
        house.drop("shop/cat.txt", "a cat");

        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(got).hasSize(1);
        Got cat = got.get(0);
        assertThat(cat.body()).isInstanceOf(File.class);
        assertThat(Files.mismatch(((File) cat.body()).toPath(), house.outbox("shop/cat.mp4")))
                .isEqualTo(-1);
        assertThat(cat.header("KlingTaskName")).isEqualTo("shop/cat");
        assertThat(cat.header("KlingTaskState")).isEqualTo("DELIVERED");
        assertThat(cat.header("CamelFileName")).isEqualTo("shop/cat.mp4");
        var sidecar = house.json(house.outbox("shop/cat.json"));
        assertThat(cat.header("KlingTaskId")).isEqualTo(sidecar.get("task").asText());
        assertThat(cat.header("KlingProviderTaskId")).isEqualTo(sidecar.get("task_id").asText());
        assertThat(cat.header("KlingVideoSha256"))
                .isEqualTo(sidecar.get("videos").get(0).get("sha256").asText());
    }
}
