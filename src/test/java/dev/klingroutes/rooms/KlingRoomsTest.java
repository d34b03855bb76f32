package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Rooms;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.DueTasks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rooms run where: kling.rooms. */
class KlingRoomsTest {
    private static final String REQUEST =
            "{\"prompt\":\"a cat\",\"model_name\":\"kling-v3\",\"mode\":\"std\",\"duration\":\"5\"}";

    @TempDir Path home;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(150))
                                .withInFlight(0));
    }

    @AfterEach
    void close() throws Exception {
        sandbox.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none |",
                "prompt-inbox | kling-prompt-inbox kling-prompt-inbox-resume",
                "task-watch | kling-failure kling-task-clock kling-task-clock-summary"
                        + " kling-task-clock-watch",
                "task-submit, video-download | kling-failure kling-task-clock"
                        + " kling-task-clock-download kling-task-clock-submit"
                        + " kling-task-clock-summary"
            })
    void only_rooms_that_were_asked_for_begin_anything(String rooms, String routes)
            throws Exception {
        try (House house = new House(home, sandbox).with("kling.rooms", rooms).open()) {
            assertThat(begun(house))
                    .containsExactlyInAnyOrder(
                            routes == null ? new String[0] : routes.strip().split(" "));
            assertThat(home.resolve("inbox").toFile().exists())
                    .isEqualTo(rooms.contains("prompt-inbox"));
            assertThat(home.resolve("outbox").toFile().exists())
                    .isEqualTo(rooms.contains("video-download"));
            // it opens with the rooms, not with the first task
            assertThat(home.resolve("data/ledger.db").toFile().exists())
                    .isEqualTo(!rooms.equals("none"));
        }
    }

    private static List<String> begun(House house) {
        return house.camel().getRoutes().stream()
                .filter(route -> !route.getEndpoint().getEndpointUri().startsWith("direct"))
                .map(Route::getRouteId)
                .toList();
    }

    @Test
    void a_host_that_only_loads_the_routes_gets_no_inbox() throws Exception {
        try (House house = new House(home, sandbox).without("kling.rooms").open()) {
            assertThat(begun(house))
                    .contains("kling-task-clock-submit", "kling-task-clock-download")
                    .noneMatch(id -> id.startsWith("kling-prompt-inbox"));
            assertThat(home.resolve("inbox")).doesNotExist();

            accept(house, "cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
            assertThat(house.files("outbox")).containsExactly("cat.json", "cat.mp4");
        }
    }

    @Test
    void a_node_claims_nothing_for_a_room_that_is_elsewhere() throws Exception {
        try (House house = new House(home, sandbox).with("kling.rooms", "task-watch").open()) {
            accept(house, "cat");
            // as the clock does, had a queue without workers been made
            house.camel().getEndpoint("seda:kling-task-submit-workers").start();
            Exchange exchange = new DefaultExchange(house.camel());

            for (int i = 0; i < 3; i++) {
                assertThat(house.bean("klingDueTasks", DueTasks.class).claim(exchange).any())
                        .isFalse();
            }
            assertThat(house.tasksWhere("state = 'ACCEPTED' and claim = 0")).isEqualTo(1);
        }
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    @Test
    void a_room_that_there_is_not_stops_a_host_with_the_sentence_of_the_application() {
        House house = new House(home, sandbox).with("kling.rooms", "task-submit,video-dwonload");

        assertThatThrownBy(house::open)
                .hasStackTraceContaining(CannotStart.class.getName())
                .hasStackTraceContaining(
                        "kling.rooms is \"task-submit,video-dwonload\": \"video-dwonload\" is no room;"
                                + " did you mean video-download? It must be all, none, or some of"
                                + " prompt-inbox,task-submit,task-watch,video-download");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void the_clock_and_the_error_files_go_with_the_rooms_that_move_tasks() {
        assertThat(new Rooms("none", false).runs("task-clock")).isFalse();
        assertThat(new Rooms("prompt-inbox", false).runs("failure")).isFalse();
        assertThat(new Rooms("video-download", false).runs("failure")).isTrue();
        assertThat(new Rooms(" all ", false).runs("prompt-inbox")).isTrue();
    }

    @Test
    void in_a_dry_run_nothing_runs_but_the_dry_run() {
        for (String room : List.of("prompt-inbox", "task-watch", "task-clock", "failure")) {
            assertThat(new Rooms("all", true).runs(room)).as(room).isFalse();
        }
        assertThat(new Rooms("all", true).runs("dry-run")).isTrue();
        assertThat(new Rooms("task-watch", true).runs("dry-run")).isFalse();
        assertThat(new Rooms("all", false).runs("dry-run")).isFalse();
    }

    private static void accept(House house, String stem) {
        house.bean("klingAcceptance", Acceptance.class)
                .accept(
                        "drop-" + stem,
                        stem + ".txt",
                        "",
                        List.of(new Acceptance.Wanted(stem, "text2video", REQUEST)),
                        taken -> false);
    }
}
