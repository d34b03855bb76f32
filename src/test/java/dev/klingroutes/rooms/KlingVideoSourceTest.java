package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.TestLedger;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kamelet in a host that has the rooms. */
class KlingVideoSourceTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;
    private final List<Got> got = new CopyOnWriteArrayList<>();

    private record Got(Map<String, Object> headers, Object body) {
        Object header(String name) {
            return headers.get(name);
        }
    }

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(50)));
        house = new House(home, sandbox);
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private void take(Exchange exchange) {
        got.add(
                new Got(
                        Map.copyOf(exchange.getMessage().getHeaders()),
                        exchange.getMessage().getBody()));
    }

    private static RoutesBuilder host(String parameters, Processor host) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:kling-video-source?delay=20" + parameters).process(host);
            }
        };
    }

    private int handed() {
        return house.tasksWhere("handed_at is not null");
    }

    @Test
    void a_delivered_video_comes_to_the_host_once_with_its_facts() throws Exception {
        house.with(host("", this::take)).open();
        house.drop("shop/cat.txt", "a cat");

        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(got).hasSize(1);
        Got cat = got.get(0);
        assertThat(cat.body()).isInstanceOf(File.class);
        assertThat(Files.mismatch(((File) cat.body()).toPath(), house.outbox("shop/cat.mp4")))
                .isEqualTo(-1);
        assertThat(cat.header("KlingTaskName")).isEqualTo("shop/cat");
        assertThat(cat.header("KlingTaskState")).isEqualTo("DELIVERED");
        assertThat(cat.header("CamelFileName")).isEqualTo("shop/cat.mp4");
        var sidecar = house.json(house.outbox("shop/cat.json"));
        assertThat(cat.header("KlingTaskId")).isEqualTo(sidecar.get("task").asText());
        assertThat(cat.header("KlingProviderTaskId")).isEqualTo(sidecar.get("task_id").asText());
        assertThat(cat.header("KlingVideoSha256"))
                .isEqualTo(sidecar.get("videos").get(0).get("sha256").asText());
    }

    @Test
    void what_the_host_does_not_take_comes_again_until_it_does() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        house.with(
                        host(
                                "",
                                exchange -> {
                                    if (calls.incrementAndGet() <= 2) {
                                        throw new IOException("the bucket is full");
                                    }
                                    take(exchange);
                                }))
                .open();
        house.drop("cat.txt", "a cat");
        for (int tries = 1; tries <= 2; tries++) {
            int failed = tries;
            soon(() -> assertThat(house.tasksWhere("hand_tries = " + failed)).isEqualTo(1));
            assertThat(calls).hasValue(failed);
            house.pretend("update kling_task set hand_due_at = 0");
        }

        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(got).hasSize(1);
        assertThat(calls).hasValue(3);
    }

    @Test
    void the_error_handler_of_the_host_does_its_work_once() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        house.with(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                errorHandler(
                                        deadLetterChannel("direct:dead")
                                                .maximumRedeliveries(2)
                                                .redeliveryDelay(0));
                                from("kamelet:kling-video-source?delay=20")
                                        .process(
                                                exchange -> {
                                                    calls.incrementAndGet();
                                                    throw new IOException("no");
                                                });
                                from("direct:dead").process(KlingVideoSourceTest.this::take);
                            }
                        })
                .open();
        house.drop("cat.txt", "a cat");

        // what the host's dead letters have, the host has
        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(calls).hasValue(3);
        assertThat(got).hasSize(1);
    }

    @Test
    void what_the_host_marks_for_rollback_it_does_not_have() throws Exception {
        house.with(host("", exchange -> exchange.setRollbackOnly(true))).open();
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.tasksWhere("hand_tries = 1")).isEqualTo(1));
        assertThat(handed()).isZero();
    }

    @Test
    void a_stop_in_the_middle_of_an_exchange_hands_it_over_again_after_the_restart()
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        house.with("camel.main.shutdown-timeout", "1")
                .with(
                        host(
                                "",
                                exchange -> {
                                    if (begun.getCount() > 0) {
                                        begun.countDown();
                                        never.await();
                                    }
                                    take(exchange);
                                }))
                .open();
        house.drop("cat.txt", "a cat");
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        house.close();
        assertThat(got).isEmpty();

        house.open();
        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(got).hasSize(1);
        assertThat(house.tasksWhere("hand_tries = 0")).isEqualTo(1);
    }

    @Test
    void each_video_of_a_task_is_an_exchange() throws Exception {
        house.with(host("", this::take)).open();
        house.drop("cat.txt", "a cat [two]");

        soon(() -> assertThat(handed()).isEqualTo(1));
        assertThat(got)
                .extracting(one -> one.header("CamelFileName"))
                .containsExactly("cat.mp4", "cat-2.mp4");
        assertThat(got).extracting(one -> one.header("KlingVideoCount")).containsOnly(2);
    }

    @Test
    void failures_come_to_the_one_that_asks_for_all_ends() throws Exception {
        List<String> shop = new CopyOnWriteArrayList<>();
        house.with(host("&folder=all&ends=all", this::take))
                .with(
                        host(
                                "&folder=shop",
                                exchange ->
                                        shop.add(
                                                exchange.getMessage()
                                                        .getHeader("KlingTaskName", String.class))))
                .open();
        house.drop("all/bad.txt", "a cat [fail]");
        house.drop("shop/bad.txt", "a cat [fail]");
        house.drop("shop/summer/cat.txt", "a cat");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(handed()).isEqualTo(2));
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        soon(() -> assertThat(house.tasks("FAILED")).isEqualTo(2));
        assertThat(shop).containsExactly("shop/summer/cat");
        assertThat(got).hasSize(1);
        assertThat(got.get(0).header("KlingTaskState")).isEqualTo("FAILED");
        assertThat(got.get(0).header("KlingTaskName")).isEqualTo("all/bad");
        assertThat(got.get(0).header("KlingMessage")).asString().isNotBlank();
        assertThat(got.get(0).body()).isNull();
    }

    @Test
    void as_many_at_one_time_as_the_host_wants() throws Exception {
        CyclicBarrier three = new CyclicBarrier(3);
        house.with(
                        host(
                                "&parallel=3",
                                exchange -> {
                                    three.await(20, TimeUnit.SECONDS);
                                    take(exchange);
                                }))
                .open();
        house.drop("six.jsonl", "{\"prompt\":\"x\"}\n".repeat(6));

        soon(() -> assertThat(handed()).isEqualTo(6));
        assertThat(got).hasSize(6);
    }

    @Test
    void two_contexts_on_one_ledger_share_the_work() throws Exception {
        try (TestLedger shared = TestLedger.on(TestLedger.On.POSTGRESQL)) {
            String url = shared.settings().text("kling.ledger.url");
            house.with("kling.ledger.url", url).with(host("&parallel=2", this::take)).open();
            try (House other =
                    new House(home, sandbox)
                            .with("kling.ledger.url", url)
                            .with(host("&parallel=2", this::take))
                            .open()) {
                other.drop("many.jsonl", "{\"prompt\":\"x\"}\n".repeat(30));
                soon(
                        () ->
                                assertThat(
                                                shared.value(
                                                        Integer.class,
                                                        "select count(*) from kling_task where"
                                                                + " handed_at is not null"))
                                        .isEqualTo(30));
                house.close();
            }
        }
        assertThat(got).hasSize(30);
        assertThat(got).extracting(one -> one.header("KlingTaskId")).doesNotHaveDuplicates();
    }

    @Test
    void without_the_rooms_it_says_so_at_start() throws Exception {
        house.open();
        CamelContext bare = new DefaultCamelContext();
        bare.addRoutes(host("", this::take));

        assertThatThrownBy(bare::start)
                .rootCause()
                .hasMessageStartingWith(
                        "kling-video-source needs the rooms of Kling Routes, and they are not"
                                + " loaded: set camel.main.routes-include-pattern=");
        bare.stop();
    }

    @Test
    void an_end_that_there_is_not_is_refused_at_start() throws Exception {
        house.with(host("&ends=some", this::take));

        assertThatThrownBy(house::open).hasStackTraceContaining("it must be delivered or all");
    }
}
