package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.prompt.Models;
import dev.klingroutes.prompt.PromptReader;
import dev.klingroutes.prompt.PromptRefused;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.NotPossible;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.TestLedger.On;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way in for Java. */
class KlingVideosTest {
    private static final Map<String, ?> CAT = Map.of("prompt", "a cat");

    @TempDir Path home;
    private final List<KlingVideos> opened = new ArrayList<>();
    private TestLedger test;

    @AfterEach
    void close() {
        opened.forEach(KlingVideos::close);
        if (test != null) {
            test.close();
        }
    }

    private KlingVideos open(On on) {
        test =
                TestLedger.on(
                        on,
                        Map.of(
                                "kling.outbox.dir", home.resolve("outbox").toString(),
                                "kling.failed.dir", home.resolve("failed").toString(),
                                "kling.clock.tick", "5"));
        return videos(test.ledger());
    }

    private KlingVideos videos(Ledger ledger) {
        Settings settings = test.settings();
        KlingVideos videos =
                new KlingVideos(
                        ledger,
                        new PromptReader(new Models(settings), settings),
                        new Acceptance(ledger, settings),
                        settings);
        opened.add(videos);
        return videos;
    }

    private int tasks() {
        return test.value(int.class, "select count(*) from kling_task");
    }

    private static KlingTask got(CompletableFuture<KlingTask> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void a_prompt_is_in_the_ledger_when_the_call_returns(On on) throws Exception {
        KlingVideos videos = open(on);

        String id = videos.submit(Map.of("prompt", "a cat", "duration", 10, "name", "piano-cat"));

        Task task = test.claim(TaskState.ACCEPTED);
        assertThat(task.id()).isEqualTo(id);
        assertThat(task.name()).isEqualTo("piano-cat");
        assertThat(task.source()).isEqualTo("submit");
        assertThat(task.request()).contains("\"duration\":\"10\"", "\"model_name\"");
        KlingTask shown = videos.find(id).orElseThrow();
        assertThat(shown.state()).isEqualTo(TaskState.ACCEPTED);
        assertThat(shown.videos()).isEmpty();
        assertThat(shown.ended()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void a_key_is_one_task_also_after_a_restart_and_from_another_node(On on) throws Exception {
        KlingVideos videos = open(on);

        String first = videos.submit("order-17", CAT);
        assertThat(videos.submit("order-17", Map.of("prompt", "a dog"))).isEqualTo(first);
        assertThat(videos.submit("order-17", Map.of("no", "prompt"))).isEqualTo(first);
        assertThat(videos(test.another()).submit("order-17", CAT)).isEqualTo(first);
        test.restart();
        assertThat(videos(test.ledger()).submit("order-17", CAT)).isEqualTo(first);

        assertThat(tasks()).isEqualTo(1);
        Task task = test.claim(TaskState.ACCEPTED);
        assertThat(task.request()).contains("a cat");
        assertThat(task.stem()).isEqualTo("order-17");
        assertThat(task.source()).isEqualTo("submit \"order-17\"");
    }

    @ParameterizedTest
    @EnumSource
    void eight_calls_with_one_key_at_the_same_moment_are_one_task(On on) throws Exception {
        KlingVideos here = open(on);
        KlingVideos there = videos(test.another());
        CyclicBarrier start = new CyclicBarrier(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                String key = "order-" + round;
                List<Future<String>> ids = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    KlingVideos node = i % 2 == 0 ? here : there;
                    ids.add(
                            threads.submit(
                                    () -> {
                                        start.await();
                                        return node.submit(key, CAT);
                                    }));
                }
                String first = ids.get(0).get();
                for (Future<String> id : ids) {
                    assertThat(id.get()).isEqualTo(first);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(tasks()).isEqualTo(20);
    }

    @Test
    void without_a_key_every_call_is_another_task() throws Exception {
        KlingVideos videos = open(On.SQLITE);

        assertThat(videos.submit(CAT)).isNotEqualTo(videos.submit(CAT));
        assertThat(tasks()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void a_blank_key_is_refused(String key) {
        KlingVideos videos = open(On.SQLITE);

        assertThatThrownBy(() -> videos.submit(key, CAT)).hasMessageContaining("key is blank");
        assertThatThrownBy(() -> videos.submit(null, CAT)).hasMessageContaining("key is blank");
        assertThat(tasks()).isZero();
    }

    @Test
    void no_two_tasks_have_one_name_and_none_has_that_of_a_file() throws Exception {
        KlingVideos videos = open(On.SQLITE);
        Files.createDirectories(home.resolve("outbox/shots"));
        Files.createFile(home.resolve("outbox/shots/cat.mp4"));
        Files.createDirectories(home.resolve("failed"));
        Files.createFile(home.resolve("failed/dog.error.json"));

        assertThat(name(videos.submit("k1", CAT))).isEqualTo("k1");
        assertThat(name(videos.submit(Map.of("prompt", "x", "name", "K1")))).matches("K1~.{8}");
        assertThat(name(videos.submit("a/b", CAT))).isEqualTo("prompt");
        assertThat(name(videos.submit("../b", CAT))).matches("prompt~.{8}");
        assertThat(name(videos.submit("cat", "shots", CAT))).matches("shots/cat~.{8}");
        assertThat(name(videos.submit("dog", CAT))).matches("dog~.{8}");
        assertThat(name(videos.submit("x".repeat(5000), CAT))).isEqualTo("x".repeat(170));
        assertThat(name(videos.submit("x" + "😀".repeat(5000), CAT)))
                .isEqualTo("x" + "😀".repeat(42));
        assertThat(name(videos.submit("y".repeat(5000) + "/", CAT))).matches("prompt~.{8}");
    }

    private String name(String id) {
        return test.ledger().find(id).orElseThrow().name();
    }

    @Test
    void all_that_is_wrong_is_said_at_once() {
        KlingVideos videos = open(On.SQLITE);

        assertThatThrownBy(
                        () -> videos.submit("k", "a/../b", Map.of("prmpt", "a cat", "mode", "prp")))
                .isInstanceOfSatisfying(
                        PromptRefused.class, refused -> assertThat(refused.faults()).hasSize(4))
                .hasMessageContaining("\"..\" cannot name a folder")
                .hasMessageContaining("did you mean `prompt`?")
                .hasMessageContaining("did you mean \"pro\"?");
        assertThat(tasks()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/..", "/a", "a/", "a//b", ".a", "a/.b", "a\\b", " ", "a\u0000"})
    void a_folder_stays_below_the_outbox(String folder) {
        KlingVideos videos = open(On.SQLITE);

        assertThatThrownBy(() -> videos.submit("k", folder, CAT)).isInstanceOf(PromptRefused.class);
        assertThat(tasks()).isZero();
    }

    @Test
    void a_folder_that_no_disk_can_make_is_refused() {
        KlingVideos videos = open(On.SQLITE);

        for (String folder : List.of("ä".repeat(100), "a/".repeat(300) + "a")) {
            assertThatThrownBy(() -> videos.submit("k", folder, CAT))
                    .isInstanceOf(PromptRefused.class);
        }
    }

    @Test
    void a_dry_run_accepts_nothing() {
        test = TestLedger.on(On.SQLITE, Map.of("kling.dry-run", "true"));

        assertThatThrownBy(() -> videos(test.ledger()).submit(CAT)).hasMessageContaining("dry run");
        assertThat(tasks()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_task_is_found_by_every_name_that_the_command_line_takes(On on) throws Exception {
        KlingVideos videos = open(on);
        String id = videos.submit("cat", "shots", CAT);
        Task task = test.claim(TaskState.ACCEPTED);

        for (String name : List.of(id, id.substring(0, 4), task.externalId(), "shots/cat")) {
            assertThat(videos.find(name).orElseThrow().id()).isEqualTo(id);
        }
        assertThat(videos.find("cat")).isEmpty();
    }

    @Test
    void a_name_that_may_be_several_is_no_answer() throws Exception {
        KlingVideos videos = open(On.SQLITE);
        String one = videos.submit(CAT);
        String two = videos.submit(CAT);
        test.sql("update kling_task set task_id = '77'");

        assertThatThrownBy(() -> videos.find("77"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(one)
                .hasMessageContaining(two);
        assertThatThrownBy(() -> got(videos.await("77"))).hasCauseInstanceOf(NotPossible.class);
    }

    @ParameterizedTest
    @EnumSource
    void an_end_is_a_value(On on) throws Exception {
        KlingVideos videos = open(on);
        CompletableFuture<KlingTask> end = videos.await(videos.submit(CAT));
        Task task = test.claim(TaskState.ACCEPTED);
        assertThat(end).isNotDone();

        test.ledger().write(task, Move.to(TaskState.FAILED).told("1301", "no cats", null));

        KlingTask failed = got(end);
        assertThat(failed.state()).isEqualTo(TaskState.FAILED);
        assertThat(failed.code()).isEqualTo("1301");
        assertThat(failed.message()).isEqualTo("no cats");
        assertThat(failed.ended()).isNotNull();
        assertThat(videos.await(task.id())).isCompletedWithValue(failed);
    }

    @ParameterizedTest
    @EnumSource
    void an_unclear_task_and_an_overdue_one_are_waited_for(On on) throws Exception {
        KlingVideos videos = open(on);
        Task unclear = test.claimed(TaskState.UNCERTAIN);
        Task overdue = test.claimed(TaskState.OVERDUE);
        List<CompletableFuture<KlingTask>> open =
                List.of(videos.await(unclear.id()), videos.await(overdue.id()));
        // a whole round of looks later
        got(videos.await(test.claimed(TaskState.FAILED).id()));
        String more = videos.submit(CAT);
        CompletableFuture<KlingTask> later = videos.await(more);
        videos.cancel(more);
        got(later);

        assertThat(open).noneMatch(CompletableFuture::isDone);
        for (Task task : List.of(unclear, overdue)) {
            test.ledger().write(task, Move.to(TaskState.FAILED));
        }
        got(open.get(0));
        got(open.get(1));
    }

    @ParameterizedTest
    @EnumSource
    void many_can_be_waited_for(On on) throws Exception {
        KlingVideos videos = open(on);
        String[] stems = new String[2500];
        for (int i = 0; i < stems.length; i++) {
            stems[i] = "s" + i;
        }
        List<CompletableFuture<KlingTask>> all =
                test.accept(stems).stream().map(one -> videos.await(one.id())).toList();

        test.sql("update kling_task set state = 'FAILED', ended_at = 1");

        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        assertThat(all).allMatch(one -> one.join().state() == TaskState.FAILED);
    }

    @Test
    void a_task_that_is_not_there_is_not_waited_for() {
        KlingVideos videos = open(On.SQLITE);

        CompletableFuture<KlingTask> never = videos.await("no-such-task");

        assertThat(never).isCompletedExceptionally();
        assertThatThrownBy(() -> got(never))
                .hasCauseInstanceOf(NotPossible.class)
                .hasMessageContaining("There is no task no-such-task");
    }

    @ParameterizedTest
    @EnumSource
    void a_task_is_cancelled_as_by_hand(On on) throws Exception {
        KlingVideos videos = open(on);
        String id = videos.submit("cat", CAT);
        CompletableFuture<KlingTask> end = videos.await(id);

        assertThat(videos.cancel("cat")).isEqualTo("was cancelled; nothing was bought");
        assertThat(got(end).state()).isEqualTo(TaskState.CANCELLED);
        assertThatThrownBy(() -> videos.cancel(id))
                .isInstanceOf(NotPossible.class)
                .hasMessage("it is CANCELLED already");
    }

    @Test
    void the_files_of_a_delivered_task_are_told_with_their_folder() throws Exception {
        KlingVideos videos = open(On.SQLITE);
        Task task = test.claimed(TaskState.DELIVERED, "cat");
        test.sql(
                "insert into kling_video (task, number, url, file) values ('%s', 1, 'u', 'cat.mp4')"
                        .formatted(task.id()));

        assertThat(videos.find(task.id()).orElseThrow().videos())
                .containsExactly(home.resolve("outbox/cat.mp4").toAbsolutePath());
    }

    @Test
    void the_stop_ends_the_waiting_and_not_the_task() throws Exception {
        KlingVideos videos = open(On.SQLITE);
        String id = videos.submit(CAT);
        CompletableFuture<KlingTask> end = videos.await(id);

        videos.close();

        assertThatThrownBy(() -> got(end)).hasMessageContaining("The task itself goes on");
        assertThat(test.ledger().find(id).orElseThrow().state()).isEqualTo(TaskState.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource
    void a_whole_id_is_that_task_whatever_others_are_called(On on) throws Exception {
        KlingVideos videos = open(on);
        String id = videos.submit(CAT);
        String namesake = videos.submit(Map.of("prompt", "a dog", "name", id));
        test.sql("update kling_task set accepted_at = 1 where id = '%s'".formatted(namesake));

        assertThat(videos.find(id).orElseThrow().id()).isEqualTo(id);
        videos.cancel(id);
        assertThat(videos.find(namesake).orElseThrow().state()).isEqualTo(TaskState.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource
    void keys_with_half_letters_are_told_apart(On on) throws Exception {
        KlingVideos videos = open(on);
        List<String> keys = List.of("k\ud83d", "k\ud83e", "k\ude00", "k?", "k\ufffd", "k😀");

        List<String> ids = new ArrayList<>();
        for (String key : keys) {
            ids.add(videos.submit(key, CAT));
        }

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(videos.submit("k\ud83d", CAT)).isEqualTo(ids.get(0));
        assertThat(test.value(String.class, "select drop_id from kling_task where stem = 'k?'"))
                .as("SHA-256 of the key in UTF-8")
                .isEqualTo("key:a6153bd0945677702ba83139b3dbdfb46b5aa9385851922ec7212481631cc9a8");
    }

    @Test
    void no_folder_may_be_null_and_nothing_else() throws Exception {
        KlingVideos videos = open(On.SQLITE);

        assertThat(videos.find(videos.submit(null, null, CAT)).orElseThrow().folder()).isEmpty();
        assertThatNullPointerException()
                .isThrownBy(() -> videos.submit(null))
                .withMessage("prompt");
        assertThatNullPointerException().isThrownBy(() -> videos.find(null)).withMessage("id");
        assertThatNullPointerException().isThrownBy(() -> videos.await(null)).withMessage("id");
        assertThatNullPointerException().isThrownBy(() -> videos.cancel(null)).withMessage("id");
    }

    @Test
    void a_megabyte_is_not_said_again() {
        KlingVideos videos = open(On.SQLITE);
        String endless = "x".repeat(1 << 20);

        for (ThrowableAssert.ThrowingCallable call :
                List.<ThrowableAssert.ThrowingCallable>of(
                        () -> videos.cancel(endless),
                        () -> got(videos.await(endless)),
                        () -> videos.submit("k", endless, CAT),
                        () -> videos.submit("k", "a/" + endless, CAT),
                        () -> videos.submit(Map.of("prompt", "a", "name", endless)),
                        () -> videos.submit(Map.of("prompt", "a", endless, "a")),
                        () -> videos.submit(Map.of("prompt", "a", "mode", endless)),
                        () -> videos.submit(Map.of("prompt", "a", endless, new Object())))) {
            assertThatThrownBy(call)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
        }
    }

    @Test
    void after_the_stop_every_call_says_so() throws Exception {
        KlingVideos videos = open(On.SQLITE);
        String id = videos.submit("k", CAT);

        videos.close();
        test.ledger().close();

        for (ThrowableAssert.ThrowingCallable call :
                List.<ThrowableAssert.ThrowingCallable>of(
                        () -> videos.submit(CAT),
                        () -> videos.submit("k", CAT),
                        () -> videos.find(id),
                        () -> videos.cancel(id))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was stopped");
        }
        assertThatThrownBy(() -> got(videos.await(id)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was stopped");
    }

    @Test
    void where_the_rooms_are_not_loaded_it_is_said_how_to_load_them() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            assertThatThrownBy(() -> KlingVideos.of(camel))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("classpath:kling/routes/*.camel.yaml");
        }
    }
}
