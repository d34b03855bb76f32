package dev.klingroutes.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * Answers every look with "processing", by a thread for each connection: where the sandbox would
 * take a share of the cores that are to be measured.
 */
final class LeanProvider {
    private static final LongAdder LOOKS = new LongAdder();

    private LeanProvider() {}

    public static void main(String[] none) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
            System.out.println("http://127.0.0.1:" + server.getLocalPort());
            while (true) {
                Socket caller = server.accept();
                Thread thread = new Thread(() -> serve(caller));
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private static void serve(Socket caller) {
        try (caller) {
            caller.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    caller.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = caller.getOutputStream();
            for (String asked = in.readLine(); asked != null; asked = in.readLine()) {
                for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
                    // a look has no body
                }
                String path = asked.split(" ")[1];
                out.write(answer(path).getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException hungUp) {
            // the caller has gone
        }
    }

    private static String answer(String path) {
        String body;
        if (path.startsWith("/sandbox/")) {
            body = "{\"looks\":" + LOOKS.sum() + ",\"refused\":0}";
        } else {
            LOOKS.increment();
            body =
                    "{\"code\":0,\"message\":\"SUCCEED\",\"request_id\":\"r\",\"data\":{\"task_id\":\""
                            + path.substring(path.lastIndexOf('/') + 1)
                            + "\",\"task_status\":\"processing\",\"task_info\":{},\"task_result\":{}}}";
        }
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }
}
