package dev.klingroutes.sandbox;

import static dev.klingroutes.sandbox.Caller.body;
import static dev.klingroutes.sandbox.Caller.bytes;
import static dev.klingroutes.sandbox.Caller.download;
import static dev.klingroutes.sandbox.Caller.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.TurnedClock;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadsTest {
    private final TurnedClock clock = new TurnedClock();
    private Sandbox sandbox;
    private String id;
    private String link;

    @BeforeEach
    void aFinishedTask() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults(), clock);
        Caller caller = new Caller(sandbox);
        id = caller.created(body("mine"));
        clock.turn(Duration.ofSeconds(8));
        link = caller.link(id);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void theVideoIsWholeAndBearsItsTasksId() throws Exception {
        HttpResponse<byte[]> response = download(link);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("video/mp4");
        assertThat(response.headers().firstValue("ETag")).isPresent();
        assertThat(response.headers().firstValueAsLong("Content-Length"))
                .hasValue(response.body().length);
        assertThat(boxes(response.body())).containsExactly("ftyp", "moov", "free", "mdat", "free");
        assertThat(new String(response.body(), ISO_8859_1)).endsWith(id + "/1");
        assertThat(response.body().length).isLessThan(60_000);
        assertThat(sandbox.tasks().get(0).downloads()).isEqualTo(1);
    }

    @Test
    void aVideoIsFilledUpToTheSizeAskedFor() throws Exception {
        sandbox.misbehave("video-bytes=3000001");
        byte[] video = download(link).body();
        assertThat(video).hasSize(3_000_001);
        assertThat(boxes(video)).last().isEqualTo("free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%2B|+", "%2F|/", "==|=", "==|%3D%3D", "%2B|%2b", "&|&x=1&"})
    void aLinkMustComeBackByteForByte(String change) throws Exception {
        String[] fromTo = change.split("\\|");
        assertThat(link).contains(fromTo[0]);
        assertThat(download(link.replace(fromTo[0], fromTo[1])).statusCode()).isEqualTo(403);
        assertThat(sandbox.stats().downloads()).isZero();
    }

    @Test
    void aLinkGoesStaleAndALookBringsAFreshOne() throws Exception {
        clock.turn(Duration.ofHours(25));
        assertThat(download(link).statusCode()).isEqualTo(403);
        String fresh = new Caller(sandbox).link(id);
        assertThat(fresh).isNotEqualTo(link);
        assertThat(download(fresh).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "Cookie", "Referer", "CamelHttpUri"})
    void aHeaderThatMustNotLeaveIsCounted(String name) throws Exception {
        int status = bytes(request(link).header(name, "x").build()).statusCode();
        assertThat(status).isEqualTo(400);
        assertThat(sandbox.stats().leakedHeaders()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-99,0,100",
        "bytes=14000-,14000,3000001",
        "bytes=14381-2999999,14381,3000000",
        "bytes=-5,2999996,3000001",
        "bytes=70003-70010,70003,70011"
    })
    void aRangeIsThePieceOfTheWhole(String range, int from, int to) throws Exception {
        sandbox.misbehave("video-bytes=3000001");
        byte[] whole = download(link).body();
        HttpResponse<byte[]> piece = bytes(request(link).header("Range", range).build());
        assertThat(piece.statusCode()).isEqualTo(206);
        assertThat(piece.headers().firstValue("Content-Range"))
                .contains("bytes " + from + "-" + (to - 1) + "/3000001");
        assertThat(piece.body()).isEqualTo(Arrays.copyOfRange(whole, from, to));
    }

    @Test
    void aRangeBehindTheEndIsRefusedAndOneOfAnotherVideoIsIgnored() throws Exception {
        assertThat(bytes(request(link).header("Range", "bytes=99999-").build()).statusCode())
                .isEqualTo(416);
        assertThat(
                        bytes(
                                        request(link)
                                                .header("Range", "bytes=5-")
                                                .header("If-Range", "\"other\"")
                                                .build())
                                .statusCode())
                .isEqualTo(200);
    }

    /** The names of the boxes from the first byte to the last. */
    static List<String> boxes(byte[] video) {
        List<String> names = new ArrayList<>();
        long at = 0;
        while (at < video.length) {
            ByteBuffer box = ByteBuffer.wrap(video, (int) at, video.length - (int) at);
            long size = Integer.toUnsignedLong(box.getInt());
            byte[] name = new byte[4];
            box.get(name);
            names.add(new String(name, ISO_8859_1));
            at += size == 1 ? box.getLong() : size;
        }
        assertThat(at).isEqualTo(video.length);
        return names;
    }
}
