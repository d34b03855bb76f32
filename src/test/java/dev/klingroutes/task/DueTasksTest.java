package dev.klingroutes.task;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.Rooms;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a tick so long that no test outlives one. */
@Timeout(60)
class DueTasksTest {
    private final TestLedger test =
            TestLedger.on(
                    TestLedger.On.SQLITE,
                    Map.of("kling.clock.tick", "3600000", "kling.submit.in-flight", "50"));
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final DueTasks dueTasks = dueTasks("1KB");
    private SedaEndpoint looks;
    private SedaEndpoint creates;

    private DueTasks dueTasks(String minFree) {
        return new DueTasks(
                test.ledger(),
                test.gate(),
                test.space(minFree),
                new Rooms("all", false),
                test.settings(),
                Clock.systemUTC());
    }

    @BeforeEach
    void open() {
        camel.start();
        looks = queue("task-watch");
        creates = queue("task-submit");
        queue("video-download");
    }

    @AfterEach
    void close() {
        camel.stop();
        test.close();
    }

    /** Of a room with four workers that are all busy. */
    private SedaEndpoint queue(String room) {
        SedaEndpoint queue =
                camel.getEndpoint("seda:kling-" + room + "-workers?size=4", SedaEndpoint.class);
        queue.start();
        return queue;
    }

    private DueTasks.Due claim() {
        DueTasks.Due due = dueTasks.claim(new DefaultExchange(camel));
        due.looks().forEach(task -> looks.getQueue().add(new DefaultExchange(camel)));
        due.creates().forEach(task -> creates.getQueue().add(new DefaultExchange(camel)));
        return due;
    }

    private void submitted(int tasks) {
        for (int i = 0; i < tasks; i++) {
            Task task = test.claimed(TaskState.SUBMITTED);
            test.ledger().write(task, Move.again(Duration.ZERO));
        }
    }

    /** One that has found nothing to claim. */
    private CompletableFuture<DueTasks.Due> waiting() {
        test.ledger().bell().await(Duration.ZERO);
        AtomicReference<Thread> clock = new AtomicReference<>();
        CompletableFuture<DueTasks.Due> waiting =
                CompletableFuture.supplyAsync(
                        () -> {
                            clock.set(Thread.currentThread());
                            return claim();
                        });
        await().until(
                        () ->
                                clock.get() != null
                                        && clock.get().getState() == Thread.State.TIMED_WAITING);
        return waiting;
    }

    @Test
    void each_goes_to_its_room() {
        submitted(1);
        Task rendered = test.claimed(TaskState.SUCCEEDED);
        test.ledger().write(rendered, Move.again(Duration.ZERO));
        test.accept("cat");

        DueTasks.Due due = claim();

        assertThat(due.looks()).extracting(Task::state).containsExactly(TaskState.SUBMITTED);
        assertThat(due.downloads()).extracting(Task::id).containsExactly(rendered.id());
        assertThat(due.creates()).extracting(Task::name).containsExactly("cat");
    }

    @Test
    void nothing_to_buy_while_the_ledger_has_no_room() {
        submitted(1);
        test.accept("cat");

        DueTasks.Due due = dueTasks("999999TB").claim(new DefaultExchange(camel));

        assertThat(due.looks()).hasSize(1);
        assertThat(due.creates()).isEmpty();
        assertThat(claim().creates()).extracting(Task::name).containsExactly("cat");
    }

    @Test
    void while_the_account_is_closed_what_it_refused_least_tries_whether_it_is_open() {
        test.accept("refused", "new");
        test.sql("update kling_task set failures = 1 where stem = 'refused'");
        test.gate().closed("403", "a page");
        test.sql("update kling_gate set probe_at = probe_at - 3600000");

        assertThat(claim().creates()).extracting(Task::name).containsExactly("new");
    }

    @Test
    void no_more_than_the_workers_can_take_and_none_before_half_of_it_can_be_taken() {
        submitted(9);
        assertThat(claim().looks()).hasSize(4);

        looks.getQueue().remove();
        test.accept("cat");
        assertThat(claim().looks()).as("one place is free").isEmpty();

        looks.getQueue().remove();
        assertThat(claim().looks()).as("two places are free").hasSize(2);
    }

    @Test
    void as_many_downloads_as_workers_are_idle() {
        for (int i = 0; i < 9; i++) {
            test.ledger().write(test.claimed(TaskState.SUCCEEDED), Move.again(Duration.ZERO));
        }
        InflightRepository busy = camel.getInflightRepository();
        busy.addRoute("kling-task-clock-download");
        DefaultExchange transfer = new DefaultExchange(camel);
        busy.add(transfer, "kling-task-clock-download");

        assertThat(claim().downloads()).as("one of four is busy").hasSize(3);

        busy.remove(transfer, "kling-task-clock-download");
        assertThat(claim().downloads()).as("none is").hasSize(4);
    }

    @Test
    void room_for_looks_ends_the_wait_before_its_tick() throws Exception {
        submitted(5);
        claim();
        CompletableFuture<DueTasks.Due> waiting = waiting();

        looks.getQueue().clear();

        assertThat(waiting.get(20, SECONDS).any()).as("it was full").isFalse();
        assertThat(claim().looks()).hasSize(1);
    }

    @Test
    void room_for_creates_ends_it_too() throws Exception {
        test.accept("a", "b", "c", "d", "e");
        claim();
        CompletableFuture<DueTasks.Due> waiting = waiting();

        creates.getQueue().clear();

        assertThat(waiting.get(20, SECONDS).any()).as("it was full").isFalse();
        assertThat(claim().creates()).hasSize(1);
    }

    @Test
    void so_does_a_prompt_that_is_accepted() throws Exception {
        CompletableFuture<DueTasks.Due> waiting = waiting();

        test.accept("cat");

        assertThat(waiting.get(20, SECONDS).any()).isFalse();
        assertThat(claim().creates()).extracting(Task::name).containsExactly("cat");
    }

    @Test
    void also_while_the_workers_have_all_the_looks_they_can_take() throws Exception {
        submitted(5);
        claim();
        CompletableFuture<DueTasks.Due> waiting = waiting();

        test.accept("cat");

        assertThat(waiting.get(20, SECONDS).any()).isFalse();
        assertThat(claim().creates()).extracting(Task::name).containsExactly("cat");
    }
}
