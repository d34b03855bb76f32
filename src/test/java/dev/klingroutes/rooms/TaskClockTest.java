package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCreatedEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskClockTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void build() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(100))
                                .withInFlight(0));
        house = new House(home, sandbox);
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private int places(String workers) {
        var queue =
                house.camel()
                        .getComponent("seda", SedaComponent.class)
                        .getQueues()
                        .get("seda://" + workers)
                        .getQueue();
        return queue.remainingCapacity() + queue.size();
    }

    @Test
    void every_room_has_workers_of_its_own_and_a_queue_with_an_end() throws Exception {
        house.open();

        assertThat(places("kling-task-submit-workers")).isEqualTo(8);
        assertThat(places("kling-task-watch-workers")).isEqualTo(32);
        assertThat(places("kling-video-download-workers")).isEqualTo(4);
    }

    @Test
    void more_tasks_than_workers_all_come_to_their_end_once() throws Exception {
        house.open();
        house.drop("shots.jsonl", "{\"prompt\":\"x\"}\n".repeat(120));

        House.soon()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(120));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(120);
        assertThat(sandbox.stats().maxInFlight()).isLessThanOrEqualTo(50);
        assertThat(house.files("outbox")).hasSize(240);
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void long_downloads_do_not_delay_a_look() throws Exception {
        sandbox.misbehave("download.stall=4x,slow-ms=2500");
        house.open();
        house.drop("slow.jsonl", "{\"prompt\":\"x\"}\n".repeat(4));
        soon(() -> assertThat(sandbox.stats().downloads()).isEqualTo(4));

        house.drop("cat.txt", "x");
        soon(() -> assertThat(house.state("cat")).isEqualTo("SUCCEEDED"));
        assertThat(house.tasks("DELIVERED")).isZero();
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(5));
    }

    @Test
    void a_ledger_that_cannot_be_asked_is_not_asked_all_the_time() throws Exception {
        Console console = new Console();
        AtomicInteger asked = new AtomicInteger();
        house.with("kling.clock.tick", "100").open();
        house.camel().getManagementStrategy().addEventNotifier(new Counting(asked));
        house.breakLedger();

        soon(() -> assertThat(console.lines("trouble with the application")).isNotEmpty());
        asked.set(0);
        House.soon().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(asked.get()).isBetween(1, 25);
    }

    private static final class Counting extends EventNotifierSupport {
        private final AtomicInteger count;

        Counting(AtomicInteger count) {
            this.count = count;
        }

        @Override
        public boolean isEnabled(CamelEvent event) {
            return event instanceof ExchangeCreatedEvent;
        }

        @Override
        public void notify(CamelEvent event) {
            if ("kling-task-clock"
                    .equals(((ExchangeCreatedEvent) event).getExchange().getFromRouteId())) {
                count.incrementAndGet();
            }
        }
    }
}
