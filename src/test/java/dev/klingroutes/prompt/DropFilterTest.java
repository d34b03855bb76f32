package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Settings;
import dev.klingroutes.task.TurnedClock;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.component.file.GenericFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a file counts as whole, also where its time cannot be right. */
class DropFilterTest {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration NEARLY = REST.minusMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir Path inbox;

    private final TurnedClock clock = new TurnedClock();
    private final AtomicLong nanos = new AtomicLong(-7);
    private DropFilter filter;

    @BeforeEach
    void open() {
        filter =
                new DropFilter(
                        Settings.of(
                                Map.of(
                                        "kling.inbox.dir",
                                        inbox.toString(),
                                        "kling.inbox.rest",
                                        "1s")),
                        clock,
                        nanos::get);
    }

    private void later(Duration time) {
        clock.turn(time);
        nanos.addAndGet(time.toNanos());
    }

    /** Last changed so long from now. */
    private Path file(String name, String text, Duration ahead) throws IOException {
        Path file = inbox.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return Files.setLastModifiedTime(file, FileTime.from(clock.instant().plus(ahead)));
    }

    private boolean taken(Path file) {
        return taken(file.toFile());
    }

    private boolean taken(File file) {
        GenericFile<File> found = new GenericFile<>();
        found.setFile(file);
        return filter.accept(found);
    }

    /** As under LANG=C, where one such file must not keep all others from being taken. */
    @Test
    void a_name_of_which_no_path_can_be_made_is_left_alone() {
        assertThat(taken(new File(inbox.toFile(), "k\0che.txt"))).isFalse();
    }

    @Test
    void a_file_is_taken_when_it_has_rested() throws Exception {
        Path cat = file("cat.txt", "a cat", Duration.ZERO);
        assertThat(taken(cat)).isFalse();
        later(NEARLY);
        assertThat(taken(cat)).isFalse();
        later(REST);
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void one_from_the_future_is_taken_when_it_was_seen_at_rest() throws Exception {
        Path cat = file("cat.txt", "a cat", HOUR);
        assertThat(taken(cat)).as("seen for the first time").isFalse();
        later(NEARLY);
        assertThat(taken(cat)).isFalse();
        later(Duration.ofMillis(1));
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void one_from_the_future_that_grows_or_is_written_anew_rests_anew() throws Exception {
        Path cat = file("cat.txt", "a cat", HOUR);
        taken(cat);
        later(REST);
        file("cat.txt", "a cat that grows", HOUR.minus(REST));
        assertThat(taken(cat)).as("longer, with the same time").isFalse();
        later(REST);
        file("cat.txt", "a cat that grewx", HOUR);
        assertThat(taken(cat)).as("as long, with another time").isFalse();
        later(REST);
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void each_from_the_future_rests_for_itself() throws Exception {
        Path cat = file("cat.txt", "a cat", HOUR);
        taken(cat);
        later(REST);
        Path dog = file("dog.txt", "a dog", HOUR);
        assertThat(taken(dog)).isFalse();
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void more_than_can_be_remembered_from_the_future_are_taken_one_rest_after_the_other()
            throws Exception {
        List<Path> drops = new ArrayList<>();
        for (int i = 0; i < 10_010; i++) {
            drops.add(file(i + ".txt", "", HOUR));
        }
        assertThat(drops).noneMatch(this::taken);
        later(REST);
        assertThat(drops).filteredOn(this::taken).hasSize(10_000);

        for (Path taken : drops.subList(0, 10_000)) {
            Files.delete(taken);
        }
        List<Path> left = drops.subList(10_000, drops.size());
        later(REST.plusMillis(1));
        assertThat(left).noneMatch(this::taken);
        later(REST);
        assertThat(left).allMatch(this::taken);
    }

    @Test
    void a_clock_that_is_put_back_while_it_rests_costs_one_more_rest() throws Exception {
        Path cat = file("cat.txt", "a cat", HOUR);
        taken(cat);
        clock.turn(HOUR.negated());
        assertThat(taken(cat)).isFalse();
        later(NEARLY);
        assertThat(taken(cat)).isFalse();
        later(Duration.ofMillis(1));
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void a_clock_that_is_put_forward_does_not_give_rest_to_what_is_being_written()
            throws Exception {
        Path cat = file("cat.txt", "a c", Duration.ZERO);
        assertThat(taken(cat)).isFalse();
        clock.turn(HOUR);
        assertThat(taken(cat)).as("as it was when the clock was put forward").isFalse();
        later(NEARLY);
        assertThat(taken(cat)).isFalse();
        file("cat.txt", "a cat", Duration.ZERO);
        later(NEARLY);
        assertThat(taken(cat)).isFalse();
        later(Duration.ofMillis(1));
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void a_clock_that_is_put_back_and_set_right_again_costs_one_more_rest() throws Exception {
        Path cat = file("cat.txt", "a c", Duration.ZERO);
        clock.turn(HOUR.negated());
        assertThat(taken(cat)).isFalse();
        clock.turn(HOUR);
        assertThat(taken(cat)).isFalse();
        later(REST);
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void what_rested_before_the_clock_was_put_back_is_taken_after_a_rest() throws Exception {
        Path cat = file("cat.txt", "a cat", Duration.ZERO);
        clock.turn(HOUR.negated());
        assertThat(taken(cat)).isFalse();
        later(REST);
        assertThat(taken(cat)).isTrue();
    }

    @Test
    void defaults_from_the_future_hold_back_what_they_are_for_until_they_have_rested()
            throws Exception {
        file("shots/_defaults.yaml", "duration: 10\n", HOUR);
        Path cat = file("shots/cat.txt", "a cat", HOUR.negated());
        assertThat(taken(cat)).isFalse();
        later(REST);
        assertThat(taken(cat)).isTrue();
        file("shots/_defaults.yaml", "duration: 5\n", HOUR);
        assertThat(taken(cat)).isFalse();
    }
}
