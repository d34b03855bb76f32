package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door for callbacks as the application opens it, in a process of its own. */
class CallbackServerTest {
    private static final String CLASSES =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    @TempDir Path home;
    private Process process;

    @AfterEach
    void end() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private void start(String... settings) throws IOException {
        start(Map.of(), settings);
    }

    private void start(Map<String, String> environment, String... settings) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dcamel.main.profile=sandbox");
        command.addAll(List.of(settings));
        command.addAll(List.of("-cp", CLASSES, KlingMain.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("console.log").toFile());
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private String console() {
        try {
            return Files.readString(home.resolve("console.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void says(String words) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(console()).contains(words));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void the_start_says_that_it_is_reached_and_callbacks_come() throws Exception {
        int port = freePort();
        start(
                "-Dkling.callback.url=http://127.0.0.1:" + port,
                "-Dcamel.server.port=" + port,
                "-Dkling.watch.every-with-callback=1h");

        says("callbacks: http://127.0.0.1:" + port + "/kling/callbacks/… is reached");
        says("kling.callback.url is plain http");
        // its looks are an hour apart: a callback brought it home
        says("sample  delivered");
        String token = "B".repeat(43);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(
                            ("POST /kling/callbacks/"
                                            + token
                                            + "?%zz HTTP/1.1\r\nHost: k\r\nConnection: close\r\n"
                                            + "Content-Length: 0\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes())).contains(" 400 ");
        }
        assertThat(console()).doesNotContain(token, "Exception");
        // the only other address of this machine that everybody has
        assertThat(listensElsewhere(port)).isFalse();
    }

    private static boolean listensElsewhere(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.2"), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void the_start_says_that_it_is_not_reached_and_goes_on() throws Exception {
        int port = freePort();
        start(
                Map.of("CAMEL_SERVER_PORT", String.valueOf(port)),
                "-Dkling.callback.url=http://127.0.0.1:" + freePort(),
                "-Dcamel.server.port=" + freePort(),
                "-Dkling.watch.every-with-callback=1s");

        says("is not reached (nothing listens there); looks go on without them");
        // the environment wins
        try (Socket socket = new Socket("127.0.0.1", port)) {
            assertThat(socket.isConnected()).isTrue();
        }
        says("sample  delivered");
    }

    @Test
    void a_port_that_is_taken_is_named_with_its_key() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            start(
                    "-Dkling.callback.url=https://kling.example.com",
                    "-Dcamel.server.port=" + taken.getLocalPort());

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(78);
            assertThat(console())
                    .contains(String.valueOf(taken.getLocalPort()), "set camel.server.port to");
            assertThat(home.resolve("sandbox/data/ledger.db")).doesNotExist();
        }
    }

    @Test
    void a_port_that_is_none_is_refused() throws Exception {
        start("-Dkling.callback.url=https://kling.example.com", "-Dcamel.server.port=many");

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(78);
        assertThat(console()).contains("camel.server.port is \"many\": it must be a port");
    }
}
