package dev.klingroutes.video;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A download host on a raw socket: sends what a test says and keeps what it was asked. */
public final class VideoHost implements AutoCloseable {
    /** What is sent for one request, before the connection is closed. */
    public interface Script {
        void answer(String request, OutputStream out) throws IOException;
    }

    private static final Pattern RANGE = Pattern.compile("Range: bytes=(\\d+)-");

    private final ServerSocket socket;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Script script;

    public VideoHost() throws IOException {
        this("127.0.0.1", 0);
    }

    public VideoHost(String address, int port) throws IOException {
        socket = new ServerSocket(port, 200, InetAddress.getByName(address));
        answers("HTTP/1.1 500 no script\r\nContent-Length: 0\r\n");
        start(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    public String url() {
        return "http://" + socket.getInetAddress().getHostAddress() + ":" + port();
    }

    /** Line and headers of every request. */
    public List<String> requests() {
        return requests;
    }

    /** Also those that asked for nothing that could be read. */
    public int connections() {
        return connections.get();
    }

    public VideoHost does(Script next) {
        script = next;
        return this;
    }

    /** Sends this head, its lines ending in CR LF, and these pieces of a body. */
    public VideoHost answers(String head, byte[]... body) {
        return does(
                (request, out) -> {
                    out.write((head + "Connection: close\r\n\r\n").getBytes(ISO_8859_1));
                    for (byte[] piece : body) {
                        out.write(piece);
                    }
                    out.flush();
                });
    }

    /** Serves a video as a good host does, but hangs up after so many bytes of a reply. */
    public VideoHost serves(byte[] video, String validator, int most) {
        return does(script(video, validator, most));
    }

    static Script script(byte[] video, String validator, int most) {
        return (request, out) -> {
            Matcher range = RANGE.matcher(request);
            String known = validator.substring(validator.indexOf(' ') + 1);
            boolean rest = range.find() && request.contains("If-Range: " + known + "\r\n");
            int from = rest ? Integer.parseInt(range.group(1)) : 0;
            String head =
                    rest
                            ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %d-%d/%d\r\n"
                                    .formatted(from, video.length - 1, video.length)
                            : "HTTP/1.1 200 OK\r\n";
            head += "Content-Length: " + (video.length - from) + "\r\n";
            head += validator + "\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n";
            out.write(head.getBytes(ISO_8859_1));
            out.write(video, from, Math.min(most, video.length - from));
            out.flush();
        };
    }

    /** Waits as long as the host is there, or this long. */
    public void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
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
            String request = head(connection.getInputStream());
            requests.add(request);
            script.answer(request, connection.getOutputStream());
        } catch (IOException e) {
            // the client hung up
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        int read;
        while (head.indexOf("\r\n\r\n") < 0 && (read = in.read()) >= 0) {
            head.append((char) read);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }
}
