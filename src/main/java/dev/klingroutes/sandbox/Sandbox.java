package dev.klingroutes.sandbox;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A stand-in for Kling's video API behind the CometAPI gateway: the same paths, answers, error
 * codes, callbacks and timing, and a short real video for every task. It listens on 127.0.0.1 only
 * and misbehaves on request.
 *
 * <p>A prompt that contains {@code [fail]}, {@code [stuck]} or {@code [two]} gets a task that
 * fails, never ends, or yields two videos. Whatever the kind of task, its result is the clip.
 *
 * <p>For a sandbox in a process of its own, {@code GET /sandbox/stats} answers {@link #stats()} as
 * JSON and {@code POST /sandbox/faults} hands its body to {@link #misbehave(String)}.
 */
public final class Sandbox implements AutoCloseable {
    /** What an address outside the API answers. Source: CometAPI, error codes and handling. */
    static final Reply WRONG_ADDRESS = Reply.html(200, "Kling Routes sandbox");

    static {
        // The server writes headers and body apart: without this every answer on a kept connection
        // waits 40 ms for the client's delayed acknowledgement. It reads the properties only once,
        // when its class loads, and the sandbox runs only when asked for.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Counters counters = new Counters();
    private final Random dice;
    private final Tasks tasks;
    private final Callbacks callbacks;
    private volatile Faults faults;

    private Sandbox(SandboxSettings settings, Clock clock) throws IOException {
        dice = new Random(settings.seed());
        misbehave(settings.faults());
        TaskFolder folder = new TaskFolder(settings.folder());
        List<Task> kept = folder.tasks();
        tasks = new Tasks(clock, settings.inFlight(), counters, folder, kept);
        server = listen(settings.port(), folder.port());
        folder.rememberPort(port());
        TaskJson json = new TaskJson(url());
        callbacks = new Callbacks(clock, json, counters, () -> faults);
        kept.forEach(callbacks::add);
        CreateCalls creates =
                new CreateCalls(tasks, json, callbacks, () -> faults, settings.render().toMillis());
        LookCalls looks =
                new LookCalls(
                        tasks, json, clock, counters, () -> faults, settings.externalIdLookups());
        serve(ApiCalls.ROOT, new ApiCalls(settings.key(), creates, looks, counters));
        serve("/videos/", new Downloads(tasks, clock, counters, () -> faults));
        serve("/sandbox/", new Control(this));
        serve("/", WRONG_ADDRESS::send);
        // as many as there are calls at one time: a fixed number would make one slow answer hold
        // up the others
        threads = Executors.newCachedThreadPool(Threads.daemon("sandbox"));
        server.setExecutor(threads);
        server.start();
    }

    /**
     * Starts on 127.0.0.1.
     *
     * @throws IOException if the port is taken or the folder cannot be used
     * @throws IllegalArgumentException if the faults cannot be read
     */
    public static Sandbox start(SandboxSettings settings) throws IOException {
        return start(settings, Clock.systemUTC());
    }

    /** Where the sandbox of this folder listens, or did when it last ran; empty if it never did. */
    public static Optional<String> lastUrl(Path folder) throws IOException {
        int port = Files.exists(folder) ? new TaskFolder(folder).port() : 0;
        return port == 0 ? Optional.empty() : Optional.of("http://127.0.0.1:" + port);
    }

    static Sandbox start(SandboxSettings settings, Clock clock) throws IOException {
        return new Sandbox(settings, clock);
    }

    private static HttpServer listen(int wanted, int remembered) throws IOException {
        if (wanted == 0 && remembered != 0) {
            try {
                return HttpServer.create(new InetSocketAddress("127.0.0.1", remembered), 1024);
            } catch (BindException e) {
                // somebody else has it by now
            }
        }
        return HttpServer.create(new InetSocketAddress("127.0.0.1", wanted), 1024);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Such as {@code http://127.0.0.1:41234}, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /**
     * Replaces what goes wrong: {@code call.fault=how} separated by commas, such as {@code
     * create.lose-reply=0.05, look.500=0.1, download.cut=1x, slow-ms=25000}. How is a probability
     * from 0 to 1 or a number of times such as {@code 2x}; without one, always. At most one fault
     * strikes a call: first those with a number of times, in their order, then one roll of the dice
     * over all probabilities. Two settings stand in the same text: {@code slow-ms}, how long slow
     * faults wait, and {@code video-bytes}, the size that videos are filled up to.
     *
     * @param faults empty to behave
     * @throws IllegalArgumentException if a fault is unknown, naming it and the nearest known; what
     *     was in force stays
     */
    public void misbehave(String faults) {
        this.faults = Faults.read(faults, dice, counters::struck);
    }

    /** All tasks, those of earlier runs in the same folder too, in the order of their creation. */
    public List<SandboxTask> tasks() {
        return tasks.inOrder();
    }

    public Stats stats() {
        return counters.read(tasks);
    }

    /** Hangs up on whoever is connected; tasks in a folder are kept. */
    @Override
    public void close() {
        callbacks.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }
}
