package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.Caller.DOOR;
import static dev.klingroutes.rooms.House.soon;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.Settings;
import dev.klingroutes.provider.CallbackCheck;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Callbacks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second door of task-watch, through the real HTTP server. Looks are an hour apart here. */
class TaskWatchCallbackTest {
    private static final SandboxSettings QUICK =
            SandboxSettings.defaults().withRender(Duration.ofMillis(100)).withInFlight(0);
    private static final String NOBODYS = "A".repeat(43);

    @TempDir Path home;
    private final Caller caller = new Caller();
    private Sandbox sandbox;
    private House house;

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
        sandbox.close();
    }

    private void open(SandboxSettings settings) throws Exception {
        sandbox = Sandbox.start(settings);
        house = caller.at(new House(home, sandbox)).open();
    }

    /** A task that was looked at once and is rendering for ever. */
    private String stuck() throws Exception {
        open(QUICK.withFaults("callback.lose"));
        house.drop("cat.txt", "a [stuck] cat");
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(1));
        return Caller.door(sandbox, 0);
    }

    @Test
    void a_callback_brings_the_next_look_forward() throws Exception {
        open(QUICK.withRender(Duration.ofMillis(1500)));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(house.task("cat").looks()).isLessThanOrEqualTo(3);
    }

    @Test
    void without_a_callback_the_look_would_have_been_an_hour_away() throws Exception {
        stuck();

        await().during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> house.task("cat").looks() == 1);
    }

    @Test
    void twenty_callbacks_of_one_task_cause_one_look() throws Exception {
        String door = stuck();

        List<Integer> answers = caller.atOnce(20, () -> caller.post(door, "{\"status\":\"x\"}"));

        assertThat(answers).hasSize(20).containsOnly(200);
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
        await().during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> house.task("cat").looks() == 2);
    }

    @Test
    void twenty_different_ones_before_the_clock_ticks_cause_one_look_as_well() throws Exception {
        sandbox = Sandbox.start(QUICK.withFaults("callback.lose"));
        house = caller.at(new House(home, sandbox)).with("kling.clock.tick", "2000").open();
        house.drop("cat.txt", "a [stuck] cat");
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(1));
        String door = Caller.door(sandbox, 0);

        for (int i = 0; i < 20; i++) {
            assertThat(caller.post(door, "{\"status\":\"" + i + "\"}")).isEqualTo(200);
        }

        soon(() -> assertThat(house.task("cat").looks()).isGreaterThan(1));
        // two, if a tick of the clock fell between them
        assertThat(house.task("cat").looks()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"task_id\":\"1\",\"task_status\":\"succeed\",\"task_result\":{}}",
                "{\"code\":0,\"data\":{\"task_id\":\"1\",\"task_status\":\"succeed\"}}",
                "{\"id\":\"1\",\"status\":\"succeeded\",\"message\":\"\"}",
                "{\"task_id\":\"1\",\"status\":\"completed\",\"result\":{\"video_url\":\"x\"}}",
                "not JSON at all",
                "",
                "[[[[[[[[[[",
                "{\"task_id\":{\"$ne\":null}}"
            })
    void every_body_with_a_good_token_is_a_hint(String body) throws Exception {
        String door = stuck();

        assertThat(caller.post(door, body)).isEqualTo(200);

        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
        assertThat(house.state("cat")).isEqualTo("SUBMITTED");
    }

    @Test
    void nothing_in_a_callback_is_believed_and_no_link_in_it_is_fetched() throws Exception {
        String door = stuck();
        try (Provider stranger = new Provider()) {
            String body =
                    """
                    {"task_id":"%s","task_status":"succeed","task_result":{"videos":[
                     {"id":"v","url":"%s/v.mp4","duration":"5"}]},"callback_url":"%s/c"}"""
                            .formatted(house.task("cat").taskId(), stranger.url(), stranger.url());

            assertThat(caller.post(door, body)).isEqualTo(200);

            soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
            assertThat(house.state("cat")).isEqualTo("SUBMITTED");
            assertThat(stranger.asked()).isEmpty();
        }
        assertThat(caller.post(door, "{\"task_status\":\"failed\"}")).isEqualTo(200);
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(3));
        assertThat(house.state("cat")).isEqualTo("SUBMITTED");
    }

    @Test
    void a_wrong_token_gets_the_same_answer_as_none() throws Exception {
        String door = stuck();
        String token = door.substring(DOOR.length());
        String nobodys = caller.say("POST", DOOR + NOBODYS, "", "{}");

        assertThat(nobodys).startsWith("HTTP/1.1 404");
        for (String wrong :
                List.of(
                        DOOR,
                        DOOR.substring(0, DOOR.length() - 1),
                        DOOR + "x",
                        DOOR + token.substring(1),
                        DOOR + token + "A",
                        DOOR + token + "/",
                        DOOR + token + "/x",
                        DOOR + "x/" + token,
                        DOOR + token.toLowerCase(),
                        DOOR + "%" + Integer.toHexString(token.charAt(0)) + token.substring(1),
                        DOOR + "?token=" + token,
                        DOOR + "?" + DOOR + token,
                        DOOR + NOBODYS + "?x=" + DOOR + token,
                        DOOR + house.value("select hash from kling_callback"),
                        DOOR + house.task("cat").taskId(),
                        DOOR + "'%20or%201=1--",
                        DOOR + "A".repeat(3000))) {
            assertThat(caller.say("POST", wrong, "", "{}")).as(wrong).isEqualTo(nobodys);
        }
        String injected = "X-Token: " + token + "\r\ntoken: " + token + "\r\n";
        assertThat(caller.say("POST", DOOR + NOBODYS, injected, "{}")).isEqualTo(nobodys);
        assertThat(house.task("cat").looks()).isEqualTo(1);
        // the same with something after it that a proxy may add
        assertThat(caller.post(door + "?from=proxy", "{}")).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
    void only_post_is_taken(String method) throws Exception {
        String door = stuck();

        String answer = caller.say(method, door, "", "");

        assertThat(answer).startsWith("HTTP/1.1 405");
        assertThat(caller.say(method, DOOR + NOBODYS, "", "")).isEqualTo(answer);
        assertThat(house.task("cat").looks()).isEqualTo(1);
    }

    @Test
    void a_body_of_more_than_64_kb_is_refused_before_it_is_read() throws Exception {
        String door = stuck();
        String head = "POST " + door + " HTTP/1.1\r\nHost: kling\r\nConnection: close\r\n";
        String mebibyte = "x".repeat(1 << 20);

        // not a byte of it is sent, and the answer comes
        assertThat(caller.firstLine(head + "Content-Length: 1099511627776\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(caller.firstLine(head + "Content-Length: 65537\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(
                        caller.firstLine(
                                head + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n" + mebibyte))
                .startsWith("HTTP/1.1 413");
        assertThat(house.task("cat").looks()).isEqualTo(1);
        assertThat(caller.post(door, "x".repeat(64 << 10))).isEqualTo(200);
    }

    @Test
    void a_callback_that_is_faster_than_the_answer_to_the_create_disturbs_nothing()
            throws Exception {
        sandbox = Sandbox.start(QUICK);
        List<Integer> early = new CopyOnWriteArrayList<>();
        try (HastyProvider provider =
                new HastyProvider(
                        door -> early.add(caller.post(door, "{\"task_id\":\"wrong\"}")))) {
            house = caller.at(new House(home, provider.url())).open();
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("SUBMITTED"));
            soon(() -> assertThat(house.task("cat").looks()).isGreaterThanOrEqualTo(1));
            assertThat(early).containsExactly(200);
            assertThat(house.task("cat").taskId()).isEqualTo("true");
            assertThat(provider.creates()).isEqualTo(1);
        }
    }

    @Test
    void a_callback_after_the_end_is_taken_and_forgotten() throws Exception {
        open(QUICK);
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        int looks = sandbox.tasks().get(0).looks();

        assertThat(caller.post(Caller.door(sandbox, 0), "{\"late\":1}")).isEqualTo(200);

        assertThat(house.state("cat")).isEqualTo("DELIVERED");
        assertThat(sandbox.tasks().get(0).looks()).isEqualTo(looks);
    }

    @Test
    void a_task_whose_creation_nobody_knows_of_is_found_by_its_callback() throws Exception {
        open(QUICK.withExternalIdLookups(false).withFaults("create.lose-reply=1x"));
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(house.task("cat").taskId()).isEqualTo(sandbox.tasks().get(0).taskId());
    }

    @Test
    void a_false_name_is_looked_at_and_not_adopted_and_the_true_one_still_is() throws Exception {
        open(QUICK.withExternalIdLookups(false).withFaults("create.lose-reply=1x,callback.lose"));
        house.drop("cat.txt", "a [stuck] cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("UNCERTAIN"));
        house.drop("dog.txt", "a [stuck] dog");
        soon(() -> assertThat(house.state("dog")).isEqualTo("SUBMITTED"));
        String door = Caller.door(sandbox, 0);

        for (String wrong :
                List.of(
                        house.task("dog").taskId(),
                        "179534431379999999",
                        "../../secrets",
                        "{{env:COMETAPI_KEY}}",
                        "x?httpMethod=POST",
                        house.task("cat").externalId())) {
            assertThat(caller.post(door, "{\"task_id\":\"" + wrong + "\"}")).isEqualTo(200);
            soon(
                    () ->
                            assertThat(house.value("select count(*) from kling_hearsay"))
                                    .isEqualTo("0"));
        }

        assertThat(house.state("cat")).isEqualTo("UNCERTAIN");
        assertThat(house.task("cat").taskId()).isNull();
        String truth = "{\"task_id\":\"" + sandbox.tasks().get(0).taskId() + "\"}";
        assertThat(caller.post(door, truth)).isEqualTo(200);
        soon(() -> assertThat(house.state("cat")).isEqualTo("SUBMITTED"));
        assertThat(house.task("cat").taskId()).isEqualTo(sandbox.tasks().get(0).taskId());
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
    }

    @Test
    void no_header_of_the_caller_reaches_anything() throws Exception {
        String door = stuck();
        String headers =
                """
                CamelHttpUri: http://127.0.0.1:1/\r
                camelhttpuri: http://127.0.0.1:1/\r
                CamelHttpMethod: DELETE\r
                CamelFileName: ../../../tmp/kling-evil\r
                CamelHttpResponseCode: 777\r
                CamelBeanMethodName: write\r
                org.apache.camel.x: y\r
                Authorization: Bearer stolen\r
                Cookie: a=b\r
                Long-Running-Action: http://127.0.0.1:1/\r
                X-Echo: come-back\r
                """;

        String answer = caller.say("POST", door + "?CamelHttpUri=x&CamelFileName=y", headers, "{}");

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(answer).doesNotContainIgnoringCase("come-back", "camel", "stolen", "a=b");
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
        assertThat(Path.of("/tmp/kling-evil")).doesNotExist();
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(caller.say("POST", door, "X-Huge: " + "h".repeat(100_000) + "\r\n", "{}"))
                .startsWith("HTTP/1.1 431");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=b",
                "application/x-java-serialized-object",
                "text/plain; charset=nonsense"
            })
    void whatever_the_body_calls_itself_it_is_a_hint_and_no_file(String type) throws Exception {
        String door = stuck();
        String body =
                "--b\r\nContent-Disposition: form-data; name=\"CamelHttpUri\";"
                        + " filename=\"../../../../tmp/kling-evil\"\r\n\r\nevil\r\n--b--\r\n";

        int status =
                Caller.status(caller.say("POST", door, "Content-Type: " + type + "\r\n", body));

        assertThat(status).isEqualTo(200);
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
        assertThat(Path.of("/tmp/kling-evil")).doesNotExist();
    }

    @Test
    void the_token_is_nowhere_but_in_the_create_call() throws Exception {
        Console console = new Console();
        open(QUICK.withFaults("create.1200=1x,create.lose-reply=1x"));
        house.drop("cat.txt", "a cat");
        house.drop("dog.txt", "a dog");
        house.drop("eel.txt", "an [fail] eel");
        soon(() -> assertThat(house.tasks("DELIVERED") + house.tasks("FAILED")).isEqualTo(3));
        soon(() -> assertThat(house.files("failed")).isNotEmpty());
        List<String> tokens =
                sandbox.tasks().stream()
                        .map(task -> (String) task.request().get("callback_url"))
                        .map(url -> url.substring(url.lastIndexOf('/') + 1))
                        .toList();
        house.close();
        house = null;

        assertThat(tokens).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
        assertThat(tokens).allMatch(token -> token.matches("[A-Za-z0-9_-]{43}"));
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(Files.readAllBytes(file), ISO_8859_1);
                assertThat(bytes).as(file.toString()).doesNotContain(tokens);
            }
        }
        assertThat(String.join("\n", console.lines())).doesNotContain(tokens);
        assertThat(Collections.frequency(console.lines(), "")).isZero();
    }

    @Test
    void without_an_address_nothing_of_http_is_loaded() throws Exception {
        sandbox = Sandbox.start(QUICK);
        house = new House(home, sandbox).open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(house.camel().hasComponent("platform-http")).isNull();
        assertThat(house.camel().getRoute("kling-task-watch-callback")).isNull();
        assertThat(house.camel().getRoute("kling-task-watch-hint")).isNull();
        assertThat(sandbox.tasks().get(0).request()).doesNotContainKey("callback_url");
        assertThat(house.value("select count(*) from kling_callback")).isEqualTo("0");
    }

    @Test
    void our_own_call_finds_out_whether_we_are_reached() throws Exception {
        open(QUICK);

        assertThat(check(caller.url())).isEqualTo(new CallbackCheck.Result(true, reached()));
        assertThat(check(caller.url() + "/").reached()).isTrue();
        assertThat(check("http://127.0.0.1:" + new Caller().port()).story())
                .contains("is not reached", "nothing listens there");
        assertThat(check(caller.url() + "/elsewhere").story())
                .contains("HTTP 404", "no node on this ledger");
        // it answers 200 to whatever it is sent
        assertThat(check(sandbox.url()).story()).contains("something else is behind it");
        assertThat(check("http://no.such.host.invalid").reached()).isFalse();
        assertThat(house.value("select count(*) from kling_callback")).isEqualTo("0");
    }

    private String reached() {
        return caller.url() + DOOR + "… is reached";
    }

    private CallbackCheck.Result check(String url) {
        return new CallbackCheck(
                        house.bean("klingCallbacks", Callbacks.class),
                        Settings.of(Map.of("kling.callback.url", url)))
                .call();
    }

    @Test
    void tls_is_camels_own() throws Exception {
        Path store = home.resolve("store.p12");
        keytool(store);
        sandbox = Sandbox.start(QUICK.withFaults("callback.lose"));
        house =
                caller.at(new House(home, sandbox))
                        .with("kling.callback.url", "https://127.0.0.1:" + caller.port())
                        .with("camel.server.use-global-ssl-context-parameters", "true")
                        .with("camel.ssl.enabled", "true")
                        .with("camel.ssl.key-store", "file:" + store)
                        .with("camel.ssl.keystore-password", "changeit")
                        .open();
        house.drop("cat.txt", "a [stuck] cat");
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(1));

        HttpResponse<String> answer =
                HttpClient.newBuilder()
                        .sslContext(trusting(store))
                        .build()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "https://127.0.0.1:"
                                                                + caller.port()
                                                                + Caller.door(sandbox, 0)))
                                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        soon(() -> assertThat(house.task("cat").looks()).isEqualTo(2));
        assertThat(caller.firstLine("POST / HTTP/1.1\r\nHost: kling\r\n\r\n")).isNull();
    }

    private static void keytool(Path store) throws Exception {
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "kling",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .start();
        assertThat(keytool.waitFor()).isZero();
    }

    private static SSLContext trusting(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("kling", keys.getCertificate("kling"));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }

    @Test
    void looks_are_as_frequent_as_ever_when_callbacks_do_not_arrive() throws Exception {
        Console console = new Console();
        sandbox = Sandbox.start(QUICK.withFaults("callback.lose"));
        house = caller.at(new House(home, sandbox)).with("kling.watch.first-look", "300ms").open();
        for (int i = 1; i <= 4; i++) {
            house.drop("cat" + i + ".txt", "a cat");
        }
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(4));
        assertThat(console.lines("callbacks do not arrive")).hasSize(1);

        house.drop("cat.txt", "a [stuck] cat");
        soon(() -> assertThat(house.task("cat").looks()).isGreaterThan(5));

        assertThat(caller.post(Caller.door(sandbox, 4), "{}")).isEqualTo(200);
        assertThat(console.lines("callbacks arrive; looks are rarer again")).hasSize(1);
        assertThat(console.lines("callbacks do not arrive")).hasSize(1);
        assertThat(console.lines()).noneMatch(line -> line.contains(DOOR + "A"));
    }
}
