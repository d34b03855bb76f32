package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.video.VideoHost;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoDownloadTest {
    private static final SandboxSettings QUICK =
            SandboxSettings.defaults().withRender(Duration.ofMillis(50)).withInFlight(0);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path home;
    private AutoCloseable provider;
    private House house;

    @AfterEach
    void close() throws Exception {
        house.close();
        provider.close();
    }

    private Sandbox open(String faults) throws Exception {
        Sandbox sandbox = Sandbox.start(QUICK.withFaults(faults));
        provider = sandbox;
        house = new House(home, sandbox).open();
        return sandbox;
    }

    private Provider open(Provider own) throws Exception {
        provider = own;
        house = new House(home, own.url()).open();
        return own;
    }

    @Test
    void whatever_breaks_on_the_way_the_video_comes_home_whole() throws Exception {
        List<String> ways =
                List.of(
                        "cut",
                        "cut-clean",
                        "truncated-mp4",
                        "html",
                        "json",
                        "empty",
                        "500",
                        "redirect",
                        "lose-reply",
                        "expired",
                        "404",
                        "410");
        Sandbox sandbox =
                open("video-bytes=300000,download." + String.join("=1x,download.", ways) + "=1x");
        for (int i = 0; i < ways.size(); i++) {
            house.drop("cat" + i + ".txt", "a cat");
        }

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(ways.size()));
        assertThat(sandbox.stats().faults()).hasSize(ways.size());
        assertThat(house.files("outbox")).hasSize(2 * ways.size());
        for (int i = 0; i < ways.size(); i++) {
            byte[] video = Files.readAllBytes(house.outbox("cat" + i + ".mp4"));
            assertThat(video).hasSize(300_000);
            assertThat(new String(video, StandardCharsets.ISO_8859_1))
                    .contains(house.task("cat" + i).taskId() + "/1");
        }
        assertThat(sandbox.stats().createsReceived()).isEqualTo(ways.size());
        assertThat(sandbox.stats().leakedHeaders()).isZero();
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void an_expired_link_is_exchanged_for_a_fresh_one_at_once() throws Exception {
        Sandbox sandbox = open("download.expired=1x");
        Console console = new Console();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(console.lines("asked the provider for a fresh link")).hasSize(1);
        assertThat(sandbox.stats().downloads()).isEqualTo(2);
    }

    @Test
    void a_finished_task_without_a_link_is_asked_again() throws Exception {
        Sandbox sandbox = open("look.no-links=2x");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void a_signed_link_is_asked_for_byte_for_byte() throws Exception {
        String signed = "/v/a%2Fb%20c;p=1/x.mp4?Sig=a%2Bb%2F==&&e=a+b&%7B%7Bkling.api.url%7D%7D&z";
        Provider own = new Provider();
        own.withLink(own.url() + signed + "#top").withVideo(clip());
        open(own);
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.mp4")).hasBinaryContent(clip()));
        assertThat(own.asked()).contains("GET " + signed);
    }

    @Test
    void a_task_id_of_any_letters_stays_one_piece_of_the_address() throws Exception {
        Provider own = new Provider().withTaskId("a/../b c?ä#{{kling.api.url}}");
        open(own.withLink(own.url() + "/x.mp4").withVideo(clip()));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(own.asked())
                .contains(
                        "GET /kling/v1/videos/text2video/"
                                + "a%2F..%2Fb%20c%3F%C3%A4%23%7B%7Bkling.api.url%7D%7D");
    }

    @ParameterizedTest
    @CsvSource({
        "https://127.0.0.1:1/x.mp4,is a private address",
        "http://example.com/x.mp4,not https",
        "https://{{kling.api.url}}/x.mp4,not a valid URL"
    })
    void an_unsafe_link_is_not_followed_and_the_paid_task_waits(String link, String reason)
            throws Exception {
        provider = new Provider().withLink(link);
        house =
                new House(home, ((Provider) provider).url())
                        .with("kling.download.private-addresses", "refuse")
                        .open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.error("cat").path("code").asText()).isEqualTo("unsafe-link");
        assertThat(house.error("cat").path("message").asText()).contains(reason);
        assertThat(house.error("cat").path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(house.state("cat")).isEqualTo("SUCCEEDED");
        assertThat(house.failed("cat.txt")).doesNotExist();
        assertThat(house.files("outbox")).isEmpty();
    }

    @Test
    void a_video_over_the_limit_is_not_kept() throws Exception {
        Sandbox sandbox = Sandbox.start(QUICK.withFaults("video-bytes=300000"));
        provider = sandbox;
        Console console = new Console();
        house = new House(home, sandbox).with("kling.download.max-bytes", "100KB").open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(console.lines("larger than 102400 bytes")).isNotEmpty());
        assertThat(house.state("cat")).isEqualTo("SUCCEEDED");
        assertThat(house.files("outbox")).isEmpty();
    }

    @Test
    void a_server_that_drips_does_not_hold_a_worker_for_ever() throws Exception {
        Sandbox sandbox = Sandbox.start(QUICK.withFaults("download.stall=1x,slow-ms=700"));
        provider = sandbox;
        Console console = new Console();
        house = new House(home, sandbox).with("kling.download.patience", "300ms").open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        assertThat(console.lines("it was not whole after PT0.3S")).hasSize(1);
    }

    @Test
    void looks_go_on_while_every_download_is_slow() throws Exception {
        Sandbox sandbox = Sandbox.start(QUICK.withFaults("download.stall,slow-ms=600000"));
        provider = sandbox;
        house = new House(home, sandbox).with("kling.download.parallel", "2").open();
        house.drop("first.jsonl", "{\"prompt\":\"a cat\"}\n".repeat(8));
        soon(() -> assertThat(sandbox.stats().downloads()).isEqualTo(2));
        soon(() -> assertThat(house.tasks("SUCCEEDED")).isEqualTo(8));

        house.drop("second.jsonl", "{\"prompt\":\"a dog\"}\n".repeat(20));

        soon(() -> assertThat(house.tasks("SUCCEEDED")).isEqualTo(28));
        assertThat(sandbox.tasks()).allMatch(task -> task.looks() > 0);
        assertThat(sandbox.stats().downloads()).isEqualTo(2);
        // a worker that takes its task this very moment is not counted as busy yet
        assertThat(house.tasksWhere("state = 'SUCCEEDED' and claimed = 1")).isBetween(2, 3);
    }

    @Test
    void a_stop_parks_a_download_and_the_next_start_goes_on() throws Exception {
        byte[] clip = clip();
        int half = clip.length / 2;
        try (VideoHost host = new VideoHost()) {
            host.does(
                    (request, out) -> {
                        String head =
                                "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: %d\r\n\r\n";
                        out.write(head.formatted(clip.length).getBytes(StandardCharsets.UTF_8));
                        out.write(clip, 0, half);
                        out.flush();
                        host.pause(600_000);
                    });
            open(new Provider().withLink(host.url() + "/x.mp4"));
            house.drop("cat.txt", "a cat");
            soon(() -> assertThat(house.files("outbox")).anyMatch(name -> name.endsWith(".part")));
            String part = house.files("outbox").first();
            soon(() -> assertThat(Files.size(house.outbox(part))).isEqualTo(half));

            house.close();

            assertThat(house.files("outbox")).hasSize(2).contains(part);
            assertThat(house.files("failed")).isEmpty();
            assertThat(house.failures("cat")).isZero();
            host.serves(clip, "ETag: \"e\"", clip.length);
            house.open();
            soon(() -> assertThat(house.outbox("cat.mp4")).hasBinaryContent(clip));
            soon(() -> assertThat(house.files("outbox")).containsExactly("cat.json", "cat.mp4"));
            assertThat(host.requests()).hasSize(2);
            assertThat(host.requests().get(1)).contains("Range: bytes=" + half + "-");
            assertThat(house.json(house.outbox("cat.json")).path("tries").asInt()).isEqualTo(2);
        }
    }

    @Test
    void of_300_tasks_over_a_bad_line_300_videos_are_whole() throws Exception {
        String bytes = "video-bytes=60000,";
        Sandbox sandbox =
                Sandbox.start(
                        QUICK.withFaults(
                                bytes
                                        + "download.cut=0.1,download.html=0.05,download.expired=0.0334"));
        provider = sandbox;
        house =
                new House(home, sandbox)
                        .with("kling.download.parallel", "16")
                        .with("kling.submit.in-flight", "300")
                        .open();
        house.drop("cats.jsonl", "{\"prompt\":\"a cat\"}\n".repeat(300));

        soon().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(300));
        assertThat(sandbox.stats().faults().get("download.cut")).isGreaterThan(20);
        assertThat(sandbox.stats().faults().get("download.html")).isGreaterThan(8);
        assertThat(sandbox.stats().faults().get("download.expired")).isGreaterThan(4);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(300);
        assertThat(sandbox.stats().leakedHeaders()).isZero();
        assertThat(house.files("failed")).isEmpty();
        assertThat(house.files("outbox")).hasSize(600);
        sandbox.misbehave(bytes);
        for (int row = 1; row <= 300; row++) {
            String stem = "cats-%03d".formatted(row);
            assertThat(house.outbox(stem + ".mp4"))
                    .hasBinaryContent(straight(sandbox, house.task(stem).taskId()));
        }
    }

    /** A video as the sandbox gives it to somebody else. */
    private static byte[] straight(Sandbox sandbox, String taskId) throws Exception {
        String look =
                HTTP.send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        sandbox.url()
                                                                + "/kling/v1/videos/text2video/"
                                                                + taskId))
                                        .header("Authorization", "Bearer k")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        String link = new ObjectMapper().readTree(look).findValue("url").asText();
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(link)).build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    private static byte[] clip() throws Exception {
        try (InputStream in = VideoDownloadTest.class.getResourceAsStream("/kling/sandbox.mp4")) {
            return in.readAllBytes();
        }
    }
}
