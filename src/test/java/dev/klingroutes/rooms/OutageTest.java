package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The provider is gone, slow, or talks rubbish: tasks wait, nothing ends, and all go on by itself.
 */
class OutageTest {
    private static final int WAITING = 60;

    @TempDir Path home;

    private House house;
    private Sandbox provider;

    @AfterEach
    void close() {
        house.close();
        if (provider != null) {
            provider.close();
        }
    }

    private Sandbox provider(int port, String faults) throws IOException {
        return Sandbox.start(
                SandboxSettings.defaults()
                        .withPort(port)
                        .withInFlight(0)
                        .withRender(Duration.ofMillis(100))
                        .withFaults(faults));
    }

    private void drop() {
        StringBuilder csv = new StringBuilder("prompt\n");
        for (int i = 0; i < WAITING; i++) {
            csv.append("a cup number ").append(i).append('\n');
        }
        house.drop("cups.csv", csv.toString());
    }

    @Test
    void while_it_is_gone_few_creates_are_tried_however_many_tasks_wait() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        house = new House(home, "http://127.0.0.1:" + port).open();
        drop();

        soon(
                () ->
                        assertThat(house.tasksWhere("decision = 'not-sent'"))
                                .isGreaterThanOrEqualTo(10));
        soon(() -> assertThat(house.tasksWhere("claimed = 1")).isZero());
        assertThat(house.tasksWhere("claim > 0"))
                .as("the others were not even taken")
                .isLessThan(WAITING / 2);
        assertThat(house.tasks("ACCEPTED")).isEqualTo(WAITING);

        provider = provider(port, "");
        // the next one tries within 30 s, and each has waits of its own
        soon().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(WAITING));
        assertThat(provider.stats().createsReceived()).isEqualTo(WAITING);
    }

    @Test
    void rubbish_instead_of_answers_ends_nothing_and_buys_little() throws Exception {
        provider = provider(0, "create.502-html=1");
        house = new House(home, provider).open();
        drop();

        soon(() -> assertThat(house.tasks("UNCERTAIN")).isGreaterThanOrEqualTo(10));
        soon(() -> assertThat(house.tasksWhere("claimed = 1")).isZero());
        assertThat(house.tasks("UNCERTAIN")).isLessThan(WAITING / 2);
        assertThat(house.tasks("FAILED")).isZero();
        assertThat(provider.stats().createsReceived()).isLessThan(WAITING / 2);
    }

    @Test
    void looks_that_are_not_answered_in_time_end_nothing() throws Exception {
        provider = provider(0, "look.slow=1,slow-ms=3000");
        house = new House(home, provider).with("kling.watch.deadline", "200ms").open();
        drop();

        soon(() -> assertThat(house.tasksWhere("failures > 0")).isGreaterThanOrEqualTo(20));
        assertThat(house.tasks("FAILED") + house.tasks("OVERDUE")).isZero();

        provider.misbehave("");
        house.hurry("SUBMITTED");
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(WAITING));
        assertThat(provider.stats().createsReceived()).isEqualTo(WAITING);
    }
}
