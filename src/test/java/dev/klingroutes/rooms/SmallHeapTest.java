package dev.klingroutes.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallHeapTest {
    private static final long SIZE = 128L << 20;

    @TempDir Path home;

    @Test
    void a_video_of_128_mb_comes_home_and_to_a_host_through_a_heap_of_48() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(50))
                                .withFaults("video-bytes=" + SIZE))) {
            assertThat(run(SmallHeapTest.class, sandbox)).isZero();
            assertThat(Files.size(home.resolve("outbox/cat.mp4"))).isEqualTo(SIZE);
            assertThat(Files.size(home.resolve("host/cat.mp4"))).isEqualTo(SIZE);
            assertThat(sandbox.stats().downloads()).isEqualTo(1);
        } finally {
            Files.deleteIfExists(home.resolve("outbox/cat.mp4"));
            Files.deleteIfExists(home.resolve("host/cat.mp4"));
        }
    }

    @Test
    void a_file_that_memory_cannot_hold_is_refused_and_the_next_one_is_taken() throws Exception {
        Path large = Files.createDirectories(home.resolve("inbox")).resolve("large.jsonl");
        try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(60L << 20);
        }
        try (Sandbox sandbox = Sandbox.start(SandboxSettings.defaults())) {
            assertThat(run(TooLarge.class, sandbox)).isZero();
        }
        assertThat(home.resolve("failed/large.error.json"))
                .content()
                .contains("too large for the memory of this process");
        assertThat(home.resolve("failed/large.jsonl")).exists();
    }

    /** What a small process with this house ends with. */
    private int run(Class<?> house, Sandbox sandbox) throws Exception {
        String classes =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process small =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx48m",
                                "-cp",
                                classes,
                                house.getName(),
                                home.toString(),
                                sandbox.url())
                        .inheritIO()
                        .start();
        assertThat(small.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return small.exitValue();
    }

    /** Drops one more file when the large one was refused. */
    static final class TooLarge {
        public static void main(String[] arguments) throws Exception {
            Path home = Path.of(arguments[0]);
            House house = new House(home, arguments[1]).open();
            House.soon()
                    .atMost(Duration.ofSeconds(50))
                    .until(() -> Files.exists(home.resolve("failed/large.jsonl")));
            house.drop("cat.txt", "a cat");
            House.soon().until(() -> Files.exists(house.accepted("cat.txt")));
            house.close();
        }
    }

    /** The house in the small process. */
    public static void main(String[] arguments) throws Exception {
        Path host = Path.of(arguments[0]).resolve("host");
        House house =
                new House(Path.of(arguments[0]), arguments[1])
                        .with(
                                new RouteBuilder() {
                                    @Override
                                    public void configure() {
                                        from("kamelet:kling-video-source")
                                                .streamCache("true")
                                                .to("file:" + host)
                                                // as one that sends it somewhere reads it
                                                .process(
                                                        exchange ->
                                                                exchange.getMessage()
                                                                        .getBody(InputStream.class)
                                                                        .transferTo(
                                                                                OutputStream
                                                                                        .nullOutputStream()));
                                    }
                                })
                        .open();
        house.drop("cat.txt", "a large cat");
        House.soon()
                .atMost(Duration.ofSeconds(50))
                .untilAsserted(() -> assertThat(house.tasksWhere("handed_at is not null")).isOne());
        house.close();
    }
}
