package dev.klingroutes.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example is built and run as its README says, against the sandbox. */
class ExamplesRun {
    private static final Path EXAMPLES = Path.of("examples");
    private static final Path JBANG = EXAMPLES.resolve("jbang");

    @TempDir Path folder;
    private Sandbox sandbox;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(Duration.ofMillis(500)));
        shell = new Shell(folder);
    }

    @AfterEach
    void stop() throws IOException {
        shell.close();
        sandbox.close();
    }

    @Test
    void each_has_a_readme_with_its_lines() throws IOException {
        try (Stream<Path> all = Files.list(EXAMPLES)) {
            assertThat(all)
                    .extracting(path -> path.getFileName().toString())
                    .containsExactlyInAnyOrder("plain-camel", "spring-boot", "quarkus", "jbang");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain-camel", "spring-boot", "quarkus"})
    void a_host_orders_one_video_and_gets_it(String host) throws Exception {
        copy(EXAMPLES.resolve(host), folder);
        Path readme = EXAMPLES.resolve(host).resolve("README.md");

        shell.run(only(Shell.lines(readme, "mvn package")));

        ordersOneVideoAndGetsIt(only(Shell.lines(readme, "java -jar")));
    }

    @Test
    void the_camel_cli_orders_one_video_and_gets_it() throws Exception {
        copy(Path.of("routes"), folder.resolve("routes"));
        copy(JBANG, folder.resolve("examples/jbang"));
        shell.withCamel();

        ordersOneVideoAndGetsIt(only(Shell.lines(JBANG.resolve("README.md"), "first-video")));
    }

    @Test
    void the_camel_cli_runs_the_rooms_by_file_drop() throws Exception {
        copy(Path.of("routes"), folder.resolve("routes"));
        Files.createDirectories(folder.resolve("inbox"));
        Files.writeString(folder.resolve("inbox/cat.txt"), "a cat plays the piano");
        shell.withCamel();

        shell.start(only(Shell.lines(Path.of("README.md"), "camel run routes")), environment());

        soon(() -> assertThat(folder.resolve("outbox/cat.json")).exists());
        assertThat(folder.resolve("outbox/cat.mp4")).exists();
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void the_self_contained_kamelet_needs_nothing_built() throws Exception {
        copy(Path.of("kamelets"), folder.resolve("kamelets"));
        copy(JBANG, folder.resolve("examples/jbang"));
        shell.withCamel();

        shell.start(only(Shell.lines(Path.of("README.md"), "try-it")), environment());

        soon(() -> assertThat(shell.console()).contains("the video is at " + sandbox.url()));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    private void ordersOneVideoAndGetsIt(String line) throws IOException {
        shell.start(line, environment());

        soon(() -> assertThat(told("\\.mp4 of task (\\S+) is here")).hasSize(1));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().downloads()).isEqualTo(1);
        try (Stream<Path> videos = Files.list(folder.resolve("outbox"))) {
            assertThat(videos)
                    .extracting(path -> path.getFileName().toString())
                    .filteredOn(name -> name.endsWith(".mp4"))
                    .hasSize(1);
        }
        // a cheap look at what must not be there
        assertThat(shell.console()).doesNotContain("Bearer");

        shell.close();
        shell.start(line, environment());

        soon(() -> assertThat(told("task (\\S+) is ordered")).hasSize(2));
        assertThat(Set.copyOf(told("task (\\S+) is ordered"))).hasSize(1);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    /** The tasks of which it was told, as often as it was. */
    private List<String> told(String what) throws IOException {
        return Pattern.compile(what)
                .matcher(shell.console())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private void soon(org.awaitility.core.ThrowingRunnable sight) throws IOException {
        try {
            await().atMost(Duration.ofMinutes(4)).untilAsserted(sight);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(shell.console(), e);
        }
    }

    private Map<String, String> environment() {
        return Map.of(
                "KLING_API_URL", sandbox.url(),
                "KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow",
                "KLING_WATCH_FIRST_LOOK", "1s",
                "KLING_WATCH_EVERY", "1s");
    }

    private static String only(List<String> lines) {
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                if (path.startsWith(from.resolve("target"))) {
                    continue;
                }
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copied);
                } else {
                    Files.copy(path, copied);
                }
            }
        }
    }
}
