package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting costs no thread and no long question. */
class WaitersTest {
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Queue<Integer> asked = new ConcurrentLinkedQueue<>();
    private final Queue<RuntimeException> troubles = new ConcurrentLinkedQueue<>();
    private final Waiters waiters = new Waiters(this::ended, Duration.ofMillis(1));

    @AfterEach
    void close() {
        waiters.close();
    }

    private List<KlingTask> ended(Collection<String> ids) {
        asked.add(ids.size());
        RuntimeException trouble = troubles.poll();
        if (trouble != null) {
            throw trouble;
        }
        return ids.stream().filter(ended::contains).map(WaitersTest::task).toList();
    }

    private static KlingTask task(String id) {
        Instant now = Instant.EPOCH;
        return new KlingTask(
                id, TaskState.FAILED, id, "", List.of(), null, null, null, id, now, now);
    }

    private static KlingTask got(CompletableFuture<KlingTask> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("kling-await"))
                .count();
    }

    @Test
    void a_hundred_thousand_are_asked_about_a_thousand_at_a_time() throws Exception {
        List<CompletableFuture<KlingTask>> all =
                IntStream.range(0, 100_000).mapToObj(i -> waiters.add("t" + i)).toList();
        assertThat(threads()).isEqualTo(1);
        // the last in line has its turn although nobody before it ends
        ended.add("t99999");
        assertThat(got(all.get(99_999)).id()).isEqualTo("t99999");

        IntStream.range(0, 100_000).forEach(i -> ended.add("t" + i));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

        assertThat(asked).allMatch(ids -> ids <= 1000);
        assertThat(waiters.count()).isZero();
    }

    @Test
    void nothing_runs_while_nobody_waits() throws Exception {
        ended.add("a");
        got(waiters.add("a"));

        await().atMost(Duration.ofSeconds(20)).until(() -> threads() == 0);
        assertThat(got(waiters.add("a")).id()).isEqualTo("a");
    }

    @Test
    void two_who_wait_for_the_same_task_both_get_it() throws Exception {
        CompletableFuture<KlingTask> one = waiters.add("a");
        CompletableFuture<KlingTask> two = waiters.add("a");
        assertThat(waiters.count()).isEqualTo(1);

        ended.add("a");
        assertThat(got(one)).isEqualTo(got(two));
    }

    @Test
    void who_does_not_wait_any_more_is_forgotten() {
        CompletableFuture<KlingTask> one = waiters.add("a");
        CompletableFuture<KlingTask> two = waiters.add("a");
        CompletableFuture<KlingTask> late = waiters.add("b").orTimeout(1, TimeUnit.MILLISECONDS);

        one.cancel(true);
        await().atMost(Duration.ofSeconds(20)).until(late::isDone);
        await().atMost(Duration.ofSeconds(20)).until(() -> waiters.count() == 1);
        two.cancel(false);
        assertThat(waiters.count()).isZero();
    }

    @Test
    void a_ledger_that_cannot_be_asked_is_asked_again() throws Exception {
        troubles.addAll(List.of(new IllegalStateException("x"), new IllegalStateException("y")));
        ended.add("a");

        assertThat(got(waiters.add("a")).id()).isEqualTo("a");
        assertThat(asked).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void who_is_slow_with_his_video_holds_up_nobody() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try {
            CompletableFuture<Void> his =
                    waiters.add("a")
                            .thenAccept(
                                    task -> {
                                        try {
                                            slow.await();
                                        } catch (InterruptedException e) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
            ended.add("a");
            await().atMost(Duration.ofSeconds(20)).until(() -> waiters.count() == 0);
            ended.add("b");

            assertThat(got(waiters.add("b")).id()).isEqualTo("b");
            assertThat(his).isNotDone();
        } finally {
            slow.countDown();
        }
    }

    @Test
    void the_end_of_the_application_ends_the_waiting_with_a_sentence() {
        List<CompletableFuture<KlingTask>> open = new ArrayList<>();
        open.add(waiters.add("a"));
        open.add(waiters.add("b"));

        waiters.close();
        open.add(waiters.add("c"));

        for (CompletableFuture<KlingTask> future : open) {
            assertThatThrownBy(() -> got(future))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The task itself goes on");
        }
        assertThat(threads()).isZero();
    }
}
