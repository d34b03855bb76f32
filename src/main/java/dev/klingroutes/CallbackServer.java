package dev.klingroutes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.camel.main.Main;

/**
 * The HTTP server of the application: it starts only where the provider is asked to call back, and
 * has that door alone.
 */
final class CallbackServer {
    private static final String ADDRESS = "kling.callback.url";
    private static final String HOST = "camel.server.host";
    private static final String PORT = "camel.server.port";

    private static final List<String> OURS =
            List.of(HOST, PORT, "camel.server.max-body-size", "camel.server.file-upload-enabled");

    private CallbackServer() {}

    static boolean wanted(Settings settings) {
        return !settings.text(ADDRESS).isEmpty() && Rooms.of(settings).runs("task-watch");
    }

    /**
     * @throws CannotStart if the port is no port, or taken: the server itself would only log it and
     *     go on deaf
     */
    static void configure(Settings settings, Main main) {
        if (!wanted(settings)) {
            return;
        }
        requireFree(settings.text(HOST), settings.text(PORT));
        main.configure().httpServer().withEnabled(true);
        // for these keys Camel would take a file's value before that of the environment
        for (String key : OURS) {
            System.setProperty(key, settings.text(key));
        }
    }

    private static void requireFree(String host, String port) {
        if (!port.matches("\\d{1,5}")
                || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > 65535) {
            throw new CannotStart(
                    PORT + " is \"" + port + "\": it must be a port, from 1 to 65535.");
        }
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new CannotStart(
                    HOST + " is \"" + host + "\": it must be an address of this machine.", e);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw new CannotStart(
                    "The server for callbacks cannot listen on port "
                            + port
                            + " of "
                            + host
                            + " ("
                            + e.getMessage()
                            + "). Another process may have it: set "
                            + PORT
                            + " to a free one ("
                            + HOST
                            + " to another address), or unset "
                            + ADDRESS
                            + " to go without callbacks.",
                    e);
        }
    }
}
