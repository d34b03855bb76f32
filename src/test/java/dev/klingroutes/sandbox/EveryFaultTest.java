package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.task.TurnedClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault strikes, and looks like neither good behaviour nor any other fault of its call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryFaultTest {
    private static final List<String> ONLY_LATE = List.of("slow", "stall");

    private final TurnedClock clock = new TurnedClock();
    private final Map<String, String> nameBySight = new HashMap<>();
    private Sandbox sandbox;
    private Caller caller;
    private String known;
    private int created;

    @BeforeAll
    void behave() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withInFlight(0), clock);
        caller = new Caller(sandbox);
        known = caller.created(body("known"));
        clock.turn(Duration.ofSeconds(8));
        for (String call : FaultNames.BY_CALL.keySet()) {
            nameBySight.put(call + ": " + sight(call, Faults.NONE), call);
        }
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    static List<String> faults() {
        return FaultNames.all();
    }

    @Test
    void thereAreFaultsForEveryCall() {
        assertThat(faults()).hasSizeGreaterThan(80).doesNotHaveDuplicates();
        assertThat(FaultNames.BY_CALL)
                .containsOnlyKeys("create", "look", "lookup", "download", "task", "callback");
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isServed(String name) throws Exception {
        String call = name.substring(0, name.indexOf('.'));
        String fault = name.substring(call.length() + 1);
        sandbox.misbehave(name + "=1, slow-ms=40");
        long start = System.nanoTime();
        String sight = call + ": " + sight(call, fault);
        long millis = (System.nanoTime() - start) / 1_000_000;
        sandbox.misbehave("");
        assertThat(sandbox.stats().faults()).containsKey(name);
        if (ONLY_LATE.contains(fault)) {
            assertThat(millis).isGreaterThanOrEqualTo(40);
            assertThat(nameBySight).containsKey(sight);
        } else if (name.equals("create.reset")) {
            // by chance the caller sees the connection's end before its reset, as in lose-request
            assertThat(sight).startsWith("create: java.").endsWith("and created 0");
        } else {
            assertThat(nameBySight).doesNotContainKey(sight);
            nameBySight.put(sight, name);
        }
    }

    private String sight(String call, String fault) throws Exception {
        return switch (call) {
            case "create" -> {
                int before = sandbox.tasks().size();
                // so long that a reset strikes while it is sent
                String prompt = "x".repeat(400_000);
                String answer = seen(() -> caller.create(body("create-" + ++created, prompt)));
                yield answer + " and created " + (sandbox.tasks().size() - before);
            }
            case "look" -> seen(() -> caller.look(known));
            case "lookup" ->
                    seen(() -> caller.look("known")) + " " + seen(() -> caller.look("never-sent"));
            case "download" -> seen(() -> Caller.download(link()));
            case "task" -> {
                String id = caller.created(body("task-" + ++created));
                clock.turn(Duration.ofSeconds(8));
                yield seen(() -> caller.look(id));
            }
            default -> called(fault);
        };
    }

    private String link() throws IOException, InterruptedException {
        return caller.link(known);
    }

    /** How many callbacks a task's two events lead to. */
    private String called(String fault) throws Exception {
        long before = sandbox.stats().callbacks();
        caller.created(
                body("callback-" + ++created)
                        .replace("}", ",\"callback_url\":\"" + sandbox.url() + "/heard\"}"));
        clock.turn(Duration.ofSeconds(8));
        long expected = fault.equals("lose") ? 0 : fault.equals("twice") ? 4 : 2;
        await().atMost(Duration.ofSeconds(10))
                .until(
                        () ->
                                sandbox.stats().callbacks() - before == expected
                                        && (fault.isEmpty() || struck("callback." + fault) == 2));
        return String.valueOf(expected);
    }

    private long struck(String name) {
        return sandbox.stats().faults().getOrDefault(name, 0L);
    }

    private static String seen(Callable<HttpResponse<?>> call) throws Exception {
        try {
            HttpResponse<?> response = call.call();
            Object body = response.body();
            String text =
                    body instanceof byte[] bytes
                            ? new String(bytes, StandardCharsets.ISO_8859_1)
                            : body.toString();
            return response.statusCode()
                    + " "
                    + text.replaceAll("request_id\":\"[^\"]*|request id: [^)]*|Expires=[^\"]*", "")
                            .replaceAll("\\d{13,18}|(create|task)-\\d+", "#")
                    + response.headers().firstValue("Content-Length").map(n -> "").orElse(" open")
                    + response.headers().firstValue("Location").map(n -> " moved").orElse("");
        } catch (IOException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return (e + " " + root).replaceAll("localhost/\\S+|:\\d+", "");
        }
    }
}
