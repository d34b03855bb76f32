package dev.klingroutes.rooms;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.klingroutes.sandbox.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Somebody who calls the door for callbacks, byte by byte as he likes. */
final class Caller {
    static final String DOOR = "/kling/callbacks/";

    private final int port;

    /** For a house that has not opened yet. */
    Caller() {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The house with its door for callbacks here, as the application opens it. */
    House at(House house) {
        return house.with("kling.callback.url", url())
                .with("camel.server.enabled", "true")
                .with("camel.server.host", "127.0.0.1")
                .with("camel.server.port", String.valueOf(port))
                .with("camel.server.max-body-size", "65536")
                .with("camel.server.file-upload-enabled", "false")
                // or the house waits two seconds for each look
                .with("kling.watch.every-with-callback", "1h");
    }

    /** Where the provider was told to call back for its task of this number. */
    static String door(Sandbox sandbox, int task) {
        return URI.create((String) sandbox.tasks().get(task).request().get("callback_url"))
                .getPath();
    }

    /** Posts and returns the status. */
    int post(String path, String body) {
        return status(say("POST", path, "", body));
    }

    /** The whole answer of one call, without the date. */
    String say(String method, String path, String headers, String body) {
        return raw(
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: kling\r\nConnection: close\r\n"
                        + headers
                        + "Content-Length: "
                        + body.getBytes(ISO_8859_1).length
                        + "\r\n\r\n"
                        + body);
    }

    /** Sends these bytes and reads until the door hangs up. */
    String raw(String bytes) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends these bytes and reads one line, whatever becomes of the connection. */
    String firstLine(String bytes) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))
                    .readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int status(String answer) {
        return answer.isEmpty() ? 0 : Integer.parseInt(answer.split(" ", 3)[1]);
    }

    /** The same call so often, as much at once as possible. */
    List<Integer> atOnce(int times, Callable<Integer> call) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(times);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer :
                    callers.invokeAll(java.util.Collections.nCopies(times, call))) {
                statuses.add(answer.get());
            }
            return statuses;
        } finally {
            callers.shutdownNow();
        }
    }
}
