package dev.klingroutes.rooms;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that opens tunnels, and for which every name is this machine. */
final class LittleProxy implements AutoCloseable {
    private final ServerSocket door = open();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Closeable> connections = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    LittleProxy() {
        threads.execute(this::accept);
    }

    private static ServerSocket open() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /** What tunnels were asked for, with every header of the asking. */
    List<String> asked() {
        return asked;
    }

    private void accept() {
        try {
            while (true) {
                Socket from = door.accept();
                connections.add(from);
                threads.execute(() -> tunnel(from));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void tunnel(Socket from) {
        try {
            BufferedReader head =
                    new BufferedReader(
                            new InputStreamReader(from.getInputStream(), StandardCharsets.US_ASCII),
                            1);
            StringBuilder all = new StringBuilder();
            for (String line = head.readLine(); !line.isEmpty(); line = head.readLine()) {
                all.append(line).append('\n');
            }
            asked.add(all.toString());
            String target = all.toString().split(" ")[1];
            Socket to =
                    new Socket(
                            InetAddress.getLoopbackAddress(),
                            Integer.parseInt(target.replaceFirst(".*:", "")));
            connections.add(to);
            from.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            threads.execute(() -> pump(to, from));
            pump(from, to);
        } catch (IOException | RuntimeException broken) {
            return;
        }
    }

    private static void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException broken) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Closeable connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
