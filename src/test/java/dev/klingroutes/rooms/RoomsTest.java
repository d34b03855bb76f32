package dev.klingroutes.rooms;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conventions of the folder routes/. */
class RoomsTest {
    private static final Pattern KEY =
            Pattern.compile(
                    "(?:\"|\\{\\{\\??)(kling(?:\\.[a-z-]+){2,}|kling\\.(?:dry-run|rooms))[:\"}]");

    @Test
    void the_flow_is_seen_by_listing_the_folder() {
        assertThat(Room.all())
                .extracting(Room::stem)
                .containsExactly(
                        "beans",
                        "failure",
                        "prompt-inbox",
                        "task-clock",
                        "task-submit",
                        "task-watch",
                        "video-download",
                        "video-outbox");
        assertThat(Room.all().stream().flatMap(room -> room.routes().stream()).toList())
                .hasSizeGreaterThan(15);
        assertThat(Room.all().stream().flatMap(room -> room.steps().stream()).toList())
                .hasSizeGreaterThan(70);
    }

    @ParameterizedTest
    @EnumSource
    void every_room_keeps_the_rule(Rule rule) {
        List<Room> rooms = Room.all();

        assertThat(rooms).isNotEmpty();
        for (Room room : rooms) {
            assertThat(rule.faults(room)).as("%s in %s", rule, room.stem()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_rule_sees_a_wrong_example(Rule rule) {
        assertThat(rule.faults(Rule.goodExample())).isEmpty();
        assertThat(rule.faults(rule.wrongExample())).isNotEmpty();
    }

    @Test
    void no_step_has_the_id_of_another_room() {
        assertThat(
                        Room.all().stream()
                                .flatMap(room -> room.steps().stream())
                                .map(step -> step.fields().get("id")))
                .doesNotHaveDuplicates();
    }

    @Test
    void every_setting_is_used_and_every_used_one_is_in_config() throws IOException {
        TreeSet<String> used = new TreeSet<>();
        try (Stream<Path> files =
                Stream.concat(
                        Files.walk(Path.of("src/main/java")), Files.list(Path.of("routes")))) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                // it lists what there is, and uses little of it
                if (!file.endsWith("SettingsCheck.java")) {
                    used.addAll(keys(Files.readString(file)));
                }
            }
        }
        used.removeIf(key -> key.startsWith("kling.sandbox."));

        assertThat(used).hasSizeGreaterThan(20);
        assertThat(Rule.config().stringPropertyNames())
                .filteredOn(key -> !key.startsWith("camel.server."))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void a_setting_is_seen_in_java_and_in_yaml() {
        assertThat(keys("settings.text(\"kling.api.url\") {{kling.clock.tick:200}} kling.no.key"))
                .containsExactly("kling.api.url", "kling.clock.tick");
        assertThat(keys("{{kling.rooms:task-watch}} {{kling.dry-run:false}}"))
                .containsExactly("kling.dry-run", "kling.rooms");
    }

    private static TreeSet<String> keys(String text) {
        return KEY.matcher(text).results().map(m -> m.group(1)).collect(toCollection(TreeSet::new));
    }
}
