package dev.klingroutes.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A server that sends whatever bytes it is told to and keeps what it is sent. */
final class RawServer implements AutoCloseable {
    private interface Behaviour {
        /** Whether the connection lives on. */
        boolean answer(OutputStream out) throws IOException;
    }

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Behaviour behaviour;

    RawServer() throws IOException {
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    List<String> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    void answers(String bytes) {
        behaviour =
                out -> {
                    out.write(bytes.getBytes(ISO_8859_1));
                    out.flush();
                    return !bytes.contains("close") && bytes.startsWith("HTTP");
                };
    }

    void hangsUp() {
        behaviour = out -> false;
    }

    /** A byte every 50 ms, never the last one. */
    void drips() {
        behaviour =
                out -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
                                    .getBytes(ISO_8859_1));
                    try {
                        while (!closed.await(50, TimeUnit.MILLISECONDS)) {
                            out.write(' ');
                            out.flush();
                        }
                    } catch (InterruptedException e) {
                        return false;
                    }
                    return false;
                };
    }

    /** The same piece again and again, as fast as it is taken. */
    void goesOn(String beginning, String piece) {
        behaviour =
                out -> {
                    out.write(beginning.getBytes(ISO_8859_1));
                    byte[] bytes = piece.repeat(1 + 8192 / piece.length()).getBytes(ISO_8859_1);
                    while (closed.getCount() > 0) {
                        out.write(bytes);
                        sent.addAndGet(bytes.length);
                    }
                    return false;
                };
    }

    /** How many bytes of what has no end were taken. */
    long sent() {
        return sent.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connections.incrementAndGet();
                start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            while (true) {
                String request = request(in);
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                if (!behaviour.answer(connection.getOutputStream())) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client hung up
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        int read;
        while (head.indexOf("\r\n\r\n") < 0 && (read = in.read()) >= 0) {
            head.append((char) read);
            if (head.length() == 1 && read == 22) {
                return "a TLS hello";
            }
        }
        java.util.regex.Matcher length =
                java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return head + new String(body, ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }
}
