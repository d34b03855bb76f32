package dev.klingroutes.video;

import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.HostHttp;
import dev.klingroutes.Settings;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.Video;
import dev.klingroutes.video.Fetched.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
    private static final String ETAG = "ETag: \"one\"";
    private static final byte[] VIDEO = video(200_000);
    private static final int HALF = VIDEO.length / 2;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n";

    @TempDir Path home;
    private TestLedger test;
    private VideoHost host;
    private Download download;
    private Task task;

    @BeforeEach
    void open() throws Exception {
        test =
                TestLedger.on(
                        TestLedger.On.SQLITE,
                        Map.of(
                                "kling.outbox.dir", home.resolve("outbox").toString(),
                                "kling.download.private-addresses", "allow",
                                "kling.download.max-bytes", "300KB"));
        host = new VideoHost();
        download = new Download(test.ledger(), test.settings());
        task = test.claimed(SUCCEEDED, "cat");
        linked(host.url() + "/cat.mp4?Sig=1");
    }

    @AfterEach
    void close() throws Exception {
        download.close();
        host.close();
        test.close();
    }

    private void linked(String... links) {
        List<Video> videos = new ArrayList<>();
        for (String link : links) {
            videos.add(Video.linked(videos.size() + 1, "v", link, "5"));
        }
        test.ledger().write(task, Move.again(Duration.ZERO).videos(videos));
        task = test.claim(SUCCEEDED);
    }

    /** What the clock does after a failure. */
    private void again() {
        test.ledger().write(task, Move.again(Duration.ZERO));
        task = test.claim(SUCCEEDED);
    }

    private Outcome fetch() throws IOException {
        return download.fetch(task).outcome();
    }

    private void broken(String why) throws IOException {
        Fetched fetched = download.fetch(task);
        assertThat(fetched.why()).contains(why);
        assertThat(fetched.broken()).isTrue();
        again();
    }

    private void whole() throws IOException {
        Fetched fetched = download.fetch(task);
        assertThat(fetched.why()).isNull();
        assertThat(fetched.outcome()).isEqualTo(Outcome.WHOLE);
        Path part = Part.file(home.resolve("outbox"), task, task.videos().get(0), task.claim());
        assertThat(part).hasBinaryContent(VIDEO);
        assertThat(fetched.videos().get(0).size()).isEqualTo(VIDEO.length);
        assertThat(fetched.videos().get(0).sha256())
                .isEqualTo(Transfer.hash(Files.newInputStream(part)));
        String claim = "." + task.claim() + ".part";
        assertThat(files()).allMatch(name -> name.endsWith(claim));
    }

    private TreeSet<String> files() {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> all = Files.list(home.resolve("outbox"))) {
            all.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastRequest() {
        return host.requests().get(host.requests().size() - 1);
    }

    private Path partOf(long claim) {
        return Part.file(home.resolve("outbox"), task, task.videos().get(0), claim);
    }

    /** With the wait for a byte, the patience and the addresses of a test. */
    private void impatient(long patienceMillis, long silenceMillis) {
        download =
                new Download(
                        test.ledger(),
                        test.settings(),
                        new VideoClient(
                                LinkRules.of(test.settings()),
                                new PublicAddresses(true),
                                Duration.ofMillis(patienceMillis),
                                Duration.ofMillis(silenceMillis),
                                new HostHttp(test.settings())));
    }

    @ParameterizedTest
    @ValueSource(strings = {ETAG, "Last-Modified: Sun, 22 Nov 2026 10:00:00 GMT"})
    void a_transfer_that_was_cut_goes_on_where_it_was(String validator) throws Exception {
        host.serves(VIDEO, validator, HALF);
        broken("the transfer broke off");
        long cut = task.claim() - 1;
        Object first = Files.readAttributes(partOf(cut), "unix:ino").get("ino");

        host.serves(VIDEO, validator, VIDEO.length);
        whole();

        assertThat(lastRequest())
                .contains(
                        "\r\nRange: bytes=" + HALF + "-\r\n",
                        "\r\nIf-Range: " + validator.replaceFirst("^[^ ]+ ", "") + "\r\n");
        assertThat(host.requests()).hasSize(2);
        // a slow holder of the lost claim may still write its own
        assertThat(Files.readAttributes(partOf(task.claim()), "unix:ino").get("ino"))
                .isNotEqualTo(first);
        assertThat(partOf(cut)).doesNotExist();
    }

    @Test
    void tries_and_what_has_come_outlive_a_restart() throws Exception {
        host.serves(VIDEO, ETAG, 50_000);
        broken("the transfer broke off");
        host.serves(VIDEO, ETAG, 70_000);
        broken("the transfer broke off");
        download.close();
        test.restart();
        task = test.claim(SUCCEEDED);
        download = new Download(test.ledger(), test.settings());

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).contains("Range: bytes=120000-");
        assertThat(test.find(task).tries()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ETag: W/\"one\"", "X-None: x"})
    void without_a_strong_validator_it_begins_anew(String validator) throws Exception {
        host.serves(VIDEO, validator, HALF);
        broken("the transfer broke off");
        assertThat(files()).isEmpty();

        host.serves(VIDEO, validator, VIDEO.length);
        whole();

        assertThat(lastRequest()).doesNotContain("Range");
    }

    @Test
    void what_has_changed_at_the_host_begins_anew() throws Exception {
        byte[] other = VIDEO.clone();
        Arrays.fill(other, 1000, HALF, (byte) 7);
        host.serves(other, "ETag: \"zero\"", HALF);
        broken("the transfer broke off");

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).contains("If-Range: \"zero\"");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes %d-%d/%d, 1, 0, 0, \"one\"",
        "bytes %d-%d/%d, 0, -1, 0, \"one\"",
        "bytes %d-%d/%d, 0, 1, 1, \"one\"",
        "bytes %d-%d/%d, 0, 0, 0, \"two\"",
        "bytes %d-%d/*, 0, 0, 0, \"one\"",
        "items %d-%d/%d, 0, 0, 0, \"one\"",
        "'', 0, 0, 0, \"one\""
    })
    void a_piece_that_does_not_fit_is_not_put_on(
            String range, int from, int to, int total, String etag) throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");

        host.answers(
                "HTTP/1.1 206 Partial Content\r\nContent-Type: video/mp4\r\nETag: %s\r\nContent-Range: %s\r\n"
                        .formatted(
                                etag,
                                range.formatted(
                                        HALF + from, VIDEO.length - 1 + to, VIDEO.length + total)),
                Arrays.copyOfRange(VIDEO, HALF, VIDEO.length));
        broken("sent other bytes than those asked for");
        assertThat(files()).isEmpty();

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();
        assertThat(lastRequest()).doesNotContain("Range");
    }

    @Test
    void a_host_that_has_no_more_is_asked_for_all_of_it() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        host.answers("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */9\r\n");
        broken("HTTP 416");

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();
        assertThat(lastRequest()).doesNotContain("Range");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "shorter", "mark", "mark gone", "link"})
    void what_somebody_changed_meanwhile_is_not_gone_on_with(String changed) throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        Path part = partOf(task.claim() - 1);
        Path mark =
                part.resolveSibling(part.getFileName().toString().replace(".cat.", ".cat.mark."));
        byte[] bytes = Files.readAllBytes(part);
        switch (changed) {
            case "bytes" -> {
                bytes[5000]++;
                Files.write(part, bytes);
            }
            case "shorter" -> Files.write(part, Arrays.copyOf(bytes, 99));
            case "mark" -> Files.writeString(mark, "{\"object\":");
            case "mark gone" -> Files.delete(mark);
            case "link" -> {
                Files.delete(part);
                Files.createSymbolicLink(part, Files.write(home.resolve("elsewhere"), bytes));
            }
            default -> throw new IllegalArgumentException(changed);
        }

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).doesNotContain("Range");
        if (changed.equals("link")) {
            assertThat(home.resolve("elsewhere")).hasBinaryContent(bytes);
        }
    }

    @Test
    void an_expired_link_keeps_what_came_and_a_fresh_one_of_the_same_video_goes_on()
            throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        for (int status : new int[] {403, 404, 410}) {
            host.answers("HTTP/1.1 " + status + " gone\r\nContent-Type: text/html\r\n");
            assertThat(fetch()).isEqualTo(status == 403 ? Outcome.EXPIRED : Outcome.GONE);
            linked(host.url() + "/cat.mp4?Sig=" + status);
        }

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest())
                .startsWith("GET /cat.mp4?Sig=410 ")
                .contains("Range: bytes=" + HALF + "-");
    }

    @Test
    void a_fresh_link_to_something_else_begins_anew() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        linked(host.url() + "/dog.mp4?Sig=1");

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).doesNotContain("Range");
    }

    @Test
    void what_came_outlives_an_unsafe_link_and_a_file_in_the_way() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        linked("ftp://127.0.0.1/cat.mp4");
        assertThat(fetch()).isEqualTo(Outcome.UNSAFE);
        linked(host.url() + "/cat.mp4?Sig=2");
        Path inTheWay = Files.createFile(partOf(task.claim()));
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        Files.delete(inTheWay);
        again();

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).contains("Range: bytes=" + HALF + "-");
    }

    @Test
    void what_has_no_room_is_not_begun_and_gives_back_what_came_before() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        assertThat(files()).isNotEmpty();
        Map<String, String> settings =
                Map.of(
                        "kling.outbox.dir", home.resolve("outbox").toString(),
                        "kling.download.private-addresses", "allow",
                        "kling.download.max-bytes", "9000TB");
        download.close();
        download = new Download(test.ledger(), Settings.of(settings));
        host.answers(OK + "Content-Length: 8000000000000000\r\n\r\n");

        assertThatThrownBy(this::fetch).hasMessage("No space left on device");

        assertThat(files()).isEmpty();
    }

    @Test
    void what_came_until_its_worker_was_stopped_is_gone_on_with() throws Exception {
        Thread worker = Thread.currentThread();
        host.does(
                (request, out) -> {
                    VideoHost.script(VIDEO, ETAG, HALF).answer(request, out);
                    await().until(() -> Files.size(partOf(task.claim())) == HALF);
                    worker.interrupt();
                    out.write(VIDEO, HALF, VIDEO.length - HALF);
                });

        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();
        again();
        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();

        assertThat(lastRequest()).contains("Range: bytes=" + HALF + "-");
    }

    @Test
    void a_link_that_stays_away_leaves_nothing() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        broken("the transfer broke off");
        test.ledger().write(task, Move.again(Duration.ZERO).missingSince(1L));
        task = test.claim(SUCCEEDED);

        host.answers("HTTP/1.1 404 gone\r\n");

        assertThat(fetch()).isEqualTo(Outcome.GONE);
        assertThat(files()).isEmpty();
    }

    @Test
    void what_breaks_after_the_claim_was_lost_leaves_nothing() throws Exception {
        host.does(
                (request, out) -> {
                    test.sql("update kling_task set claim = claim + 1");
                    VideoHost.script(VIDEO, ETAG, HALF).answer(request, out);
                });

        assertThat(fetch()).isEqualTo(Outcome.BROKEN);
        assertThat(files()).isEmpty();
    }

    @Test
    void of_two_videos_the_one_that_is_whole_is_not_asked_for_again() throws Exception {
        linked(host.url() + "/1.mp4", host.url() + "/2.mp4");
        host.does(
                (request, out) -> {
                    boolean first = request.startsWith("GET /1");
                    VideoHost.script(VIDEO, ETAG, first ? VIDEO.length : 60_000)
                            .answer(request, out);
                });
        broken("the transfer broke off");
        broken("the transfer broke off");

        assertThat(host.requests())
                .extracting(request -> request.replaceAll("(?s) HTTP.*", ""))
                .containsExactly("GET /1.mp4", "GET /2.mp4", "GET /2.mp4");
    }

    @Test
    void what_is_too_large_is_refused_before_a_byte_of_it() throws Exception {
        host.does(
                (request, out) -> {
                    out.write((OK + "Content-Length: 99999999999999\r\n\r\n").getBytes(ISO_8859_1));
                    out.flush();
                    host.pause(60_000);
                });

        broken("larger than 307200 bytes");
        assertThat(files()).isEmpty();
    }

    @Test
    void what_never_ends_is_ended_at_the_limit() throws Exception {
        host.does(
                (request, out) -> {
                    out.write((OK + "\r\n").getBytes(ISO_8859_1));
                    while (true) {
                        out.write(VIDEO);
                    }
                });

        broken("larger than 307200 bytes");
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"403, EXPIRED", "500, BROKEN", "200 html, BROKEN", "302, BROKEN", "416, WRONG"})
    void an_endless_page_holds_nobody(String status, Outcome outcome) throws Exception {
        String type = status.endsWith("html") ? "text/html" : "video/mp4";
        String head = "HTTP/1.1 %s\r\nContent-Type: %s\r\nLocation: /x\r\n\r\n";
        host.does(
                (request, out) -> {
                    out.write(
                            head.formatted(status.substring(0, 3) + " x", type)
                                    .getBytes(ISO_8859_1));
                    while (true) {
                        out.write(VIDEO);
                    }
                });

        assertThat(fetch()).isEqualTo(outcome);
    }

    @Test
    void a_head_that_never_ends_is_not_taken() throws Exception {
        host.does(
                (request, out) -> {
                    out.write(OK.getBytes(ISO_8859_1));
                    while (true) {
                        out.write("X-More: more\r\n".getBytes(ISO_8859_1));
                    }
                });
        broken("cannot be reached");
        host.does(
                (request, out) -> {
                    out.write((OK + "X-More: ").getBytes(ISO_8859_1));
                    while (true) {
                        out.write("more".getBytes(ISO_8859_1));
                    }
                });
        broken("cannot be reached");
    }

    @Test
    void what_is_packed_is_not_unpacked() throws Exception {
        host.answers(OK + "Content-Encoding: gzip\r\n", VIDEO);

        broken("sent it packed (gzip)");
        assertThat(lastRequest()).doesNotContainIgnoringCase("Accept-Encoding");
    }

    @Test
    void a_truncated_video_is_found_without_a_length() throws Exception {
        host.answers(OK + ETAG + "\r\n", Arrays.copyOf(VIDEO, HALF));
        broken("it is cut off");
        assertThat(files()).isEmpty();

        host.answers(
                OK + "Transfer-Encoding: chunked\r\n",
                (Integer.toHexString(HALF) + "\r\n").getBytes(ISO_8859_1),
                Arrays.copyOf(VIDEO, HALF),
                "\r\n0\r\n\r\n".getBytes(ISO_8859_1));
        broken("it is cut off");

        host.answers(OK + "Content-Length: " + HALF + "\r\n", VIDEO);
        broken("it is cut off");
    }

    @Test
    void a_host_that_falls_silent_is_left_and_what_came_is_kept() throws Exception {
        impatient(60_000, 2_000);
        host.does(
                (request, out) -> {
                    out.write(
                            (OK + ETAG + "\r\nContent-Length: " + VIDEO.length + "\r\n\r\n")
                                    .getBytes(ISO_8859_1));
                    out.write(VIDEO, 0, HALF);
                    out.flush();
                    host.pause(60_000);
                });
        broken("the transfer broke off: Read timed out");

        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();
        assertThat(lastRequest()).contains("Range: bytes=" + HALF + "-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", OK, OK + ETAG + "\r\nContent-Length: 200000\r\n\r\n"})
    void a_host_that_drips_is_left_when_patience_ends(String before) throws Exception {
        impatient(400, 60_000);
        byte[] all = (before + OK + "X".repeat(10_000)).getBytes(ISO_8859_1);
        host.does(
                (request, out) -> {
                    out.write(all, 0, before.length());
                    for (int at = before.length(); at < all.length; at++) {
                        out.write(all, at, 1);
                        out.flush();
                        host.pause(20);
                    }
                });

        broken("it was not whole after PT0.4S");
    }

    @Test
    void a_slow_host_is_not_cut() throws Exception {
        impatient(60_000, 500);
        host.does(
                (request, out) -> {
                    out.write(
                            (OK + "Content-Length: " + VIDEO.length + "\r\n\r\n")
                                    .getBytes(ISO_8859_1));
                    for (int at = 0; at < VIDEO.length; at += 10_000) {
                        out.write(VIDEO, at, Math.min(10_000, VIDEO.length - at));
                        out.flush();
                        host.pause(100);
                    }
                });

        whole();
    }

    @Test
    void being_stopped_parks_what_came() throws Exception {
        host.does(
                (request, out) -> {
                    out.write(
                            (OK + ETAG + "\r\nContent-Length: " + VIDEO.length + "\r\n\r\n")
                                    .getBytes(ISO_8859_1));
                    out.write(VIDEO, 0, HALF);
                    out.flush();
                    host.pause(60_000);
                });
        CompletableFuture<Outcome> running =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return fetch();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        await().until(
                        () ->
                                Files.exists(partOf(task.claim()))
                                        && Files.size(partOf(task.claim())) == HALF);

        download.close();

        assertThat(running.get(5, TimeUnit.SECONDS)).isEqualTo(Outcome.PARKED);
        assertThat(fetch()).isEqualTo(Outcome.PARKED);
        again();
        download = new Download(test.ledger(), test.settings());
        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();
        assertThat(lastRequest()).contains("Range: bytes=" + HALF + "-");
    }

    @Test
    void five_redirects_are_followed_and_a_sixth_is_not() throws Exception {
        host.does(
                (request, out) -> {
                    int hop =
                            Integer.parseInt(
                                    request.replaceAll("(?s)GET /(?:cat.mp4.*|(\\d).*)", "0$1"));
                    if (hop < 5) {
                        redirect(out, "/" + (hop + 1) + "?a=%2B&b=x%2Fy");
                    } else {
                        VideoHost.script(VIDEO, ETAG, VIDEO.length).answer(request, out);
                    }
                });
        whole();
        assertThat(lastRequest()).startsWith("GET /5?a=%2B&b=x%2Fy ");

        linked(host.url() + "/dog.mp4");
        host.does((request, out) -> redirect(out, "/on"));
        broken("redirected more than 5 times");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.2:PORT/x, is a private address",
        "//127.0.0.2:PORT/x, is a private address",
        "http://victim.test:PORT/x, is a private address",
        "http://me@127.0.0.2:PORT/x, has no plain host",
        "http://2130706434:PORT/x, has no plain host",
        "file:///etc/passwd, is not https",
        "ftp://127.0.0.2:PORT/x, is not https",
        "gopher://127.0.0.2:PORT/x, is not https",
        "jar:http://127.0.0.2:PORT/x!/, is not https",
        "http://{{env:COMETAPI_KEY}}/x, not a valid URL"
    })
    void a_redirect_is_checked_like_a_link(String to, String reason) throws Exception {
        // the host is the open net in this test, its neighbour is not
        download =
                new Download(
                        test.ledger(),
                        test.settings(),
                        new VideoClient(
                                LinkRules.of(test.settings()),
                                new PublicAddresses(
                                        address -> address.getHostAddress().equals("127.0.0.1"),
                                        new Names("victim.test", "127.0.0.2")),
                                Duration.ofSeconds(20),
                                VideoClient.SILENCE,
                                new HostHttp(test.settings())));
        try (VideoHost victim = new VideoHost("127.0.0.2", host.port())) {
            host.does((request, out) -> redirect(out, to.replace("PORT", "" + host.port())));

            Fetched fetched = download.fetch(task);

            assertThat(fetched.outcome()).isEqualTo(Outcome.UNSAFE);
            assertThat(fetched.why()).contains(reason).doesNotContain("/x");
            assertThat(host.connections()).isEqualTo(1);
            assertThat(victim.connections()).isZero();
        }
    }

    @Test
    void a_name_that_changes_its_mind_is_asked_once_for_a_connection() throws Exception {
        Names names = new Names("rebound.test", "127.0.0.1", "127.0.0.2");
        download =
                new Download(
                        test.ledger(),
                        test.settings(),
                        new VideoClient(
                                LinkRules.of(test.settings()),
                                new PublicAddresses(
                                        address -> address.getHostAddress().equals("127.0.0.1"),
                                        names),
                                Duration.ofSeconds(20),
                                VideoClient.SILENCE,
                                new HostHttp(test.settings())));
        linked("http://rebound.test:" + host.port() + "/cat.mp4");
        try (VideoHost victim = new VideoHost("127.0.0.2", host.port())) {
            host.serves(VIDEO, ETAG, HALF);
            broken("the transfer broke off");
            assertThat(names.asked).hasSize(1);

            // from now on the name leads to the victim
            assertThat(fetch()).isEqualTo(Outcome.UNSAFE);
            assertThat(names.asked).hasSize(2);
            assertThat(victim.connections()).isZero();
        }
    }

    @Test
    void nothing_of_ours_is_sent() throws Exception {
        host.serves(VIDEO, ETAG, HALF);
        host.does(
                (request, out) -> {
                    if (request.startsWith("GET /cat")) {
                        out.write(
                                ("HTTP/1.1 302 x\r\nSet-Cookie: a=b\r\nLocation: /on\r\n"
                                                + "Connection: close\r\n\r\n")
                                        .getBytes(ISO_8859_1));
                    } else {
                        VideoHost.script(VIDEO, ETAG, VIDEO.length).answer(request, out);
                    }
                });
        whole();

        assertThat(host.requests()).hasSize(2);
        for (String request : host.requests()) {
            assertThat(request.lines().skip(1).filter(line -> !line.isEmpty()))
                    .allMatch(line -> line.matches("(Host|Connection|User-Agent): .*"));
        }
    }

    @ParameterizedTest
    @CsvSource({"//two/x.mp4?a, //two/x.mp4?a", "/ä.mp4, /%C3%A4.mp4", "?a=b, /?a=b"})
    void a_link_with_a_strange_path_is_asked_for(String path, String asked) throws Exception {
        linked(host.url() + path);
        host.serves(VIDEO, ETAG, VIDEO.length);
        whole();
        assertThat(lastRequest()).startsWith("GET " + asked + " HTTP/1.1\r\n");
    }

    @Test
    void a_folder_that_is_a_link_to_elsewhere_gets_nothing() throws Exception {
        Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
        Files.createDirectories(home.resolve("outbox"));
        Files.createSymbolicLink(home.resolve("outbox/ads"), elsewhere);

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Durable.folder(home.resolve("outbox"), "ads/summer"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads out of");
        assertThat(elsewhere).isEmptyDirectory();
        assertThat(Durable.folder(home.resolve("outbox"), "a/b")).isDirectory();
    }

    private static void redirect(java.io.OutputStream out, String to) throws IOException {
        out.write(
                ("HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nConnection: close\r\n\r\n")
                        .getBytes(ISO_8859_1));
    }

    /** Answers for one name, one address after the other; others are what they say. */
    private static final class Names implements org.apache.hc.client5.http.DnsResolver {
        private final String name;
        private final List<String> addresses;
        private final List<String> asked = new ArrayList<>();

        Names(String name, String... addresses) {
            this.name = name;
            this.addresses = List.of(addresses);
        }

        @Override
        public InetAddress[] resolve(String host) throws java.net.UnknownHostException {
            if (!host.equals(name)) {
                return InetAddress.getAllByName(host);
            }
            asked.add(host);
            int at = Math.min(asked.size(), addresses.size()) - 1;
            return new InetAddress[] {InetAddress.getByName(addresses.get(at))};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** The sandbox's clip, and a box of noise to its end. */
    private static byte[] video(int size) {
        try (InputStream in = DownloadTest.class.getResourceAsStream("/kling/sandbox.mp4")) {
            byte[] clip = in.readAllBytes();
            byte[] noise = new byte[size - clip.length - 8];
            new Random(7).nextBytes(noise);
            return ByteBuffer.allocate(size)
                    .put(clip)
                    .putInt(noise.length + 8)
                    .put("free".getBytes(ISO_8859_1))
                    .put(noise)
                    .array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
