package dev.klingroutes.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.TurnedClock;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HangUpTest {
    private final TurnedClock clock = new TurnedClock();

    @ParameterizedTest
    @CsvSource({"create.lose-reply,1", "create.lose-request,0", "create.reset,0"})
    void aLostCallClosesTheConnection(String fault, int created) throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(SandboxSettings.defaults().withFaults(fault + "=1x"), clock)) {
            String body = Caller.body("mine");
            byte[] answer =
                    exchange(
                            sandbox,
                            "POST /kling/v1/videos/text2video HTTP/1.1\r\nHost: x\r\n"
                                    + "Authorization: Bearer k\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body);
            assertThat(answer).isEmpty();
            assertThat(sandbox.tasks()).hasSize(created);
        }
    }

    @Test
    void aCutDownloadClosesTheConnectionHalfWay() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxSettings.defaults(), clock)) {
            Caller caller = new Caller(sandbox);
            String id = caller.created(Caller.body("mine"));
            clock.turn(Duration.ofSeconds(8));
            URI link = URI.create(caller.link(id));
            sandbox.misbehave("download.cut=1x");
            String ask = "GET " + link.getPath() + "?" + link.getRawQuery() + " HTTP/1.1\r\n";
            byte[] answer = exchange(sandbox, ask + "Host: x\r\n\r\n");
            assertThat(new String(answer, US_ASCII)).contains("Content-length: 14");
            assertThat(answer.length).isBetween(7_000, 8_000);
        }
    }

    /** All bytes until the other side closes; the socket's time limit fails the test otherwise. */
    private static byte[] exchange(Sandbox sandbox, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", sandbox.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            try {
                return socket.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                return new byte[0];
            }
        }
    }
}
