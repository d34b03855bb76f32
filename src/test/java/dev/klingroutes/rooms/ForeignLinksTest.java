package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.video.VideoHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A provider, or who speaks in its place, that means harm: every link leads to a victim on this
 * machine or to what a private network hides, and every reply is a trap. One house takes all links,
 * another, which may use private networks, all replies; then each row is looked at.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignLinksTest {
    private static final String KEY = "sk-only-for-the-provider-4711";
    private static final int MOST_BYTES = 100 << 10;

    /** PORT is the victim's. All of them must be refused as not safe. */
    private static final List<String> LINKS =
            List.of(
                    // every kind of address that is not of the open net
                    "https://127.0.0.1:PORT/x",
                    "https://127.255.255.254:PORT/x",
                    "https://0.0.0.0:PORT/x",
                    "https://10.0.0.1/x",
                    "https://172.16.0.1/x",
                    "https://172.31.255.255/x",
                    "https://192.168.0.1/x",
                    "https://100.64.0.1/x",
                    "https://100.100.100.200/x",
                    "https://169.254.169.254/latest/meta-data/",
                    "https://168.63.129.16/x",
                    "https://192.0.0.192/x",
                    "https://192.0.2.1/x",
                    "https://192.88.99.1/x",
                    "https://198.18.0.1/x",
                    "https://198.51.100.1/x",
                    "https://203.0.113.1/x",
                    "https://224.0.0.1/x",
                    "https://240.0.0.1/x",
                    "https://255.255.255.255/x",
                    "https://[::1]:PORT/x",
                    "https://[0:0:0:0:0:0:0:1]:PORT/x",
                    "https://[::]:PORT/x",
                    "https://[::ffff:127.0.0.1]:PORT/x",
                    "https://[::FFFF:7F00:1]:PORT/x",
                    "https://[::127.0.0.1]:PORT/x",
                    "https://[fe80::1]:PORT/x",
                    "https://[fe80::1%25lo]:PORT/x",
                    "https://[::1%25lo]:PORT/x",
                    "https://[fc00::1]/x",
                    "https://[fd00:ec2::254]/latest/meta-data/",
                    "https://[fec0::1]/x",
                    "https://[ff02::1]/x",
                    "https://[64:ff9b::7f00:1]:PORT/x",
                    "https://[64:ff9b:1::7f00:1]:PORT/x",
                    "https://[100::1]/x",
                    "https://[2001:0:7f00:1::1]/x",
                    "https://[2001:db8::1]/x",
                    "https://[2002:7f00:1::1]:PORT/x",
                    "https://[3fff::1]/x",
                    // every spelling of this machine
                    "https://localhost:PORT/x",
                    "https://LocalHost:PORT/x",
                    "https://localhost.:PORT/x",
                    "https://2130706433:PORT/x",
                    "https://0x7f000001:PORT/x",
                    "https://0x7f.0.0.1:PORT/x",
                    "https://0177.0.0.1:PORT/x",
                    "https://017700000001:PORT/x",
                    "https://127.1:PORT/x",
                    "https://127.0.1:PORT/x",
                    "https://127.0.0.1.:PORT/x",
                    "https://127.000.000.001:PORT/x",
                    "https://0:PORT/x",
                    "https://%31%32%37.0.0.1:PORT/x",
                    "https://127%2E0.0.1:PORT/x",
                    "https://\uff11\uff12\uff17.0.0.1:PORT/x",
                    "https://127\u30020\u30020\u30021:PORT/x",
                    "https://\u24dbocalhost:PORT/x",
                    // other ways than https
                    "http://127.0.0.1:PORT/x",
                    "HTTP://localhost:PORT/x",
                    "http://example.com/x",
                    "ftp://127.0.0.1:PORT/x",
                    "gopher://127.0.0.1:PORT/_x",
                    "ldap://127.0.0.1:PORT/x",
                    "dict://127.0.0.1:PORT/x",
                    "jar:https://127.0.0.1:PORT/x!/y",
                    "file:///etc/passwd",
                    "file:/etc/passwd",
                    "/etc/passwd",
                    "../../../../etc/passwd",
                    "//127.0.0.1:PORT/x",
                    "127.0.0.1:PORT/x",
                    "data:video/mp4;base64,AAAA",
                    "javascript:fetch('https://127.0.0.1:PORT')",
                    "exec:touch?args=pwned",
                    "seda:kling-task-submit-workers",
                    "bean:klingLedger?method=close",
                    // two hosts in one link
                    "https://example.com@127.0.0.1:PORT/x",
                    "https://me:secret@127.0.0.1:PORT/x",
                    "https://127.0.0.1:PORT\\@example.com/x",
                    "https://example.com\\@127.0.0.1:PORT/x",
                    "https://127.0.0.1:PORT#@example.com/x",
                    "https://127.0.0.1:PORT?@example.com/x",
                    // placeholders and options that Camel would read
                    "https://{{env:COMETAPI_KEY}}.example.com/x",
                    "https://127.0.0.1:PORT/{{COMETAPI_KEY}}",
                    "https://127.0.0.1:PORT/x?k={{env:COMETAPI_KEY}}",
                    "https://127.0.0.1:PORT/x?k={{kling.api.url}}",
                    "https://127.0.0.1:PORT/x?k=${env.COMETAPI_KEY}",
                    "https://127.0.0.1:PORT/x?k=$simple{properties:COMETAPI_KEY}",
                    "https://127.0.0.1:PORT/x?k=%7B%7BCOMETAPI_KEY%7D%7D",
                    "https://127.0.0.1:PORT/x?bridgeEndpoint=true&httpMethod=POST&copyHeaders=true",
                    "https://127.0.0.1:PORT/x?proxyHost=127.0.0.1&proxyPort=PORT",
                    "https://127.0.0.1:PORT/x?authUsername=RAW({{COMETAPI_KEY}})",
                    "https://127.0.0.1:PORT/x?CamelHttpUri=http://127.0.0.1:PORT/",
                    // lines that are not ours
                    "https://127.0.0.1:PORT/x\r\nAuthorization: me",
                    "https://127.0.0.1:PORT\r\nHost: example.com/x",
                    "https://127.0.0.1:PORT/x%0d%0aAuthorization:%20me",
                    "https://127.0.0.1:PORT/x\u560d\u560aAuthorization: me",
                    "https://127.0.0.1:PORT/x\u0000.mp4",
                    " https://127.0.0.1:PORT/x",
                    "https:// 127.0.0.1:PORT/x",
                    "https://127.0.0.1:99999/x");

    /** A reply, and what is said of it. */
    private record Trap(String head, byte[] body, boolean endless, String said) {
        static Trap of(String head, String body, String said) {
            return new Trap(head, body.getBytes(ISO_8859_1), false, said);
        }

        static Trap endless(String head, String body, String said) {
            return new Trap(head, body.repeat(1000).getBytes(ISO_8859_1), true, said);
        }

        static Trap redirect(String to, String said) {
            return of("HTTP/1.1 302 Found\r\nLocation: " + to + "\r\n", "", said);
        }
    }

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n";
    private static final String FTYP = "\0\0\0\10ftyp";

    /** Of replies, where links into private networks are followed: the reply itself is the harm. */
    private static final List<Trap> TRAPS =
            List.of(
                    Trap.endless(
                            OK + "Content-Length: 9223372036854775807\r\n", "x", "larger than"),
                    Trap.endless(OK + "Content-Length: 109951162777600\r\n", "x", "larger than"),
                    Trap.endless(OK, FTYP, "larger than"),
                    Trap.endless(
                            OK + "Transfer-Encoding: chunked\r\n",
                            "8\r\n" + FTYP + "\r\n",
                            "larger than"),
                    Trap.of(
                            OK + "Content-Length: 99999999999999999999\r\n",
                            "x",
                            "cannot be reached"),
                    Trap.of(OK + "Content-Length: -5\r\n", "x", "cannot be reached"),
                    Trap.of(OK + "Content-Length: 5000\r\n", "short", "broke off"),
                    Trap.of(OK + "Content-Length: 5\r\n", FTYP, "it ends inside a box"),
                    Trap.of(
                            OK + "Transfer-Encoding: chunked\r\n",
                            "7FFFFFFFFFFFFFFF\r\nx",
                            "broke off"),
                    Trap.of(
                            OK + "Transfer-Encoding: chunked\r\n",
                            "FFFFFFFFFFFFFFFF\r\nx",
                            "broke off"),
                    Trap.of(OK + "Transfer-Encoding: chunked\r\n", "no length\r\nx", "broke off"),
                    new Trap(OK + "Content-Encoding: gzip\r\n", bomb(), false, "packed (gzip)"),
                    new Trap(OK + "Content-Encoding: x-gzip, gzip\r\n", bomb(), false, "packed"),
                    Trap.of(OK + "Content-Encoding: br\r\n", "x", "packed (br)"),
                    new Trap(OK, bomb(), false, "it is"),
                    Trap.of("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "<p>", "not a video"),
                    Trap.of("HTTP/1.1 200 OK\r\nContent-Type: a/json\r\n", "{}", "not a video"),
                    Trap.of(OK, "<html>sign in</html>", "it is not an MP4"),
                    Trap.of(OK, "{\"error\":\"no such object\"}", "it is not an MP4"),
                    Trap.of(OK, "", "it is cut off"),
                    Trap.of(OK, FTYP + "\0\0\0\7moov", "it is cut off"),
                    Trap.of(
                            OK,
                            FTYP + "\0\0\0\1moov\177\377\377\377\377\377\377\377",
                            "it is cut off"),
                    Trap.of(
                            OK
                                    + "Content-Disposition: attachment; filename=\"../../../evil.mp4\"\r\n",
                            "x",
                            "it ends inside a box"),
                    Trap.of(
                            "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-0/1\r\n",
                            "x",
                            "HTTP 206"),
                    Trap.of("HTTP/1.1 416 x\r\nContent-Range: bytes */1\r\n", "x", "HTTP 416"),
                    Trap.of(
                            "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"COMETAPI_KEY\"\r\n",
                            "x",
                            "HTTP 401"),
                    Trap.of(
                            "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n",
                            "x",
                            "407"),
                    Trap.endless("HTTP/1.1 500 x\r\n", "x", "HTTP 500"),
                    Trap.endless("", "HTTP/1.1 100 Continue\r\n\r\n", "not whole after"),
                    Trap.endless("", "X-More: more\r\n", "cannot be reached"),
                    Trap.endless(OK.stripTrailing() + "\r\nX-More: ", "x", "cannot be reached"),
                    Trap.of("\u0016\u0003\u0001 no HTTP\r\n", "x", "cannot be reached"),
                    Trap.redirect("/again?NUMBER", "more than 5 times"),
                    Trap.redirect("file:///etc/passwd", "is not https"),
                    Trap.redirect("ftp://127.0.0.1:PORT/x", "is not https"),
                    Trap.redirect("jar:http://127.0.0.1:PORT/x!/y", "is not https"),
                    Trap.redirect("http://me@127.0.0.1:PORT/x", "no plain host"),
                    Trap.redirect("http://0x7f000001:PORT/x", "no plain host"),
                    Trap.redirect("http://127.0.0.1:PORT\\@example.com/x", "not a valid URL"),
                    Trap.redirect("http://127.0.0.1:PORT/{{env:COMETAPI_KEY}}", "not a valid URL"),
                    Trap.redirect("http://127.0.0.1:PORT/ x", "not a valid URL"),
                    Trap.redirect("", "more than 5 times"));

    private Path folder;
    private final Console console = new Console();
    private VideoHost victim;
    private VideoHost victim6;
    private VideoHost host;
    private Provider forLinks;
    private Provider forTraps;
    private House refusing;
    private House trusting;

    @BeforeAll
    void attack(@TempDir Path home) throws Exception {
        folder = home;
        victim = new VideoHost();
        try {
            victim6 = new VideoHost("::1", victim.port());
        } catch (IOException noIpV6Here) {
            victim6 = new VideoHost("127.0.0.1", 0);
        }
        host = new VideoHost().does(ForeignLinksTest.this::trap);
        forLinks = new Provider().withLinks(LINKS.stream().map(this::aimed).toList());
        forTraps =
                new Provider()
                        .withLinks(
                                IntStream.range(0, TRAPS.size())
                                        .mapToObj(number -> host.url() + "/trap?" + number)
                                        .toList());
        refusing =
                new House(folder.resolve("refusing"), forLinks.url())
                        .with("COMETAPI_KEY", KEY)
                        .with("kling.download.private-addresses", "refuse")
                        .open();
        refusing.drop("links.jsonl", prompts("link", LINKS.size()));
        trusting =
                new House(folder.resolve("trusting"), forTraps.url())
                        .with("COMETAPI_KEY", KEY)
                        .with("kling.download.max-bytes", "" + MOST_BYTES)
                        .with("kling.download.patience", "3s")
                        .open();
        trusting.drop("traps.jsonl", prompts("trap", TRAPS.size()));
    }

    private static String prompts(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> "{\"prompt\":\"%d\",\"name\":\"%s-%d\"}".formatted(n, name, n))
                .collect(joining("\n"));
    }

    private String aimed(String text) {
        return text.replace("PORT", "" + victim.port());
    }

    private void trap(String request, OutputStream out) throws IOException {
        String asked = request.replaceAll("(?s)GET [^?]*\\?(\\d+) .*", "$1");
        // what an empty Location leads to goes on so
        String number = asked.matches("\\d+") ? asked : "" + (TRAPS.size() - 1);
        Trap trap = TRAPS.get(Integer.parseInt(number));
        String head = aimed(trap.head).replace("NUMBER", number);
        boolean headEnds = head.endsWith("\r\n");
        out.write((headEnds ? head + "Connection: close\r\n\r\n" : head).getBytes(ISO_8859_1));
        do {
            out.write(trap.body);
        } while (trap.endless);
        out.flush();
    }

    static Stream<Integer> links() {
        return IntStream.range(0, LINKS.size()).boxed();
    }

    static Stream<Integer> traps() {
        return IntStream.range(0, TRAPS.size()).boxed();
    }

    @ParameterizedTest
    @MethodSource("links")
    void no_link_gets_where_it_aims(int number) throws Exception {
        String name = "link-" + number;
        soon(
                () ->
                        assertThat(refusing.failed(name + ".error.json"))
                                .as(LINKS.get(number))
                                .exists());

        assertThat(refusing.error(name).path("code").asText()).isEqualTo("unsafe-link");
        assertThat(refusing.error(name).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(refusing.error(name).path("message").asText()).doesNotContain("/x", KEY);
        assertThat(refusing.outbox(name + ".mp4")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("traps")
    void no_reply_catches_us(int number) {
        String name = "trap-" + number + "  ";
        soon(
                () ->
                        assertThat(console.lines(name))
                                .as(TRAPS.get(number).head)
                                .anyMatch(line -> line.contains(TRAPS.get(number).said)));

        assertThat(trusting.state("trap-" + number)).isEqualTo("SUCCEEDED");
        assertThat(trusting.outbox("trap-" + number + ".mp4")).doesNotExist();
    }

    @Test
    void the_table_is_long_and_a_victim_can_be_hit() throws Exception {
        assertThat(LINKS).hasSizeGreaterThan(100).doesNotHaveDuplicates();
        assertThat(TRAPS).hasSizeGreaterThan(40);
        try (Provider provider = new Provider();
                VideoHost other = new VideoHost()) {
            provider.withLink("https://127.0.0.1:" + other.port() + "/x");
            House open = new House(folder.resolve("open"), provider.url()).open();
            open.drop("cat.txt", "a cat");

            soon(() -> assertThat(other.connections()).isPositive());
            open.close();
        }
    }

    @AfterAll
    void nothing_was_reached_written_or_leaked() throws Exception {
        soon(() -> assertThat(refusing.files("failed")).hasSize(LINKS.size()));
        assertThat(refusing.tasks("SUCCEEDED")).isEqualTo(LINKS.size());
        assertThat(trusting.tasks("SUCCEEDED")).isEqualTo(TRAPS.size());
        refusing.close();
        trusting.close();

        assertThat(victim.connections()).isZero();
        assertThat(victim6.connections()).isZero();
        assertThat(refusing.files("outbox")).isEmpty();
        assertThat(trusting.files("outbox")).allMatch(name -> name.endsWith(".part"));
        for (String name : trusting.files("outbox")) {
            assertThat(Files.size(trusting.outbox(name))).isLessThanOrEqualTo(MOST_BYTES);
        }
        assertThat(host.requests()).hasSizeGreaterThanOrEqualTo(TRAPS.size());
        assertThat(host.requests())
                .noneMatch(
                        request ->
                                request.matches("(?is).*(authorization|cookie|referer|camel).*"));
        // the key was there to be had
        assertThat(forLinks.keys()).isNotEmpty().containsOnly("Bearer " + KEY);
        assertThat(forTraps.keys()).isNotEmpty().containsOnly("Bearer " + KEY);
        assertThat(holders(KEY)).isEmpty();
        assertThat(holders("text2video")).isNotEmpty();
        assertThat(folder.getParent().resolve("evil.mp4")).doesNotExist();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(file -> file.getFileName().toString()))
                    .isSubsetOf("refusing", "trusting", "open");
        }
        victim.close();
        victim6.close();
        host.close();
        forLinks.close();
        forTraps.close();
    }

    /** Files, and lines of the console, that hold this text. */
    private List<String> holders(String text) throws IOException {
        List<String> holders = new ArrayList<>(console.lines(text));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                if (Files.readString(file, ISO_8859_1).contains(text)) {
                    holders.add(file.toString());
                }
            }
        }
        return holders;
    }

    /** 50 MB in 50 KB. */
    private static byte[] bomb() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            for (int megabytes = 0; megabytes < 50; megabytes++) {
                out.write(new byte[1 << 20]);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }
}
