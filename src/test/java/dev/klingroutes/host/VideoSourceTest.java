package dev.klingroutes.host;

import static dev.klingroutes.task.TaskState.DELIVERED;
import static dev.klingroutes.task.TaskState.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.HandOvers;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class VideoSourceTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Exception BROKEN = new IOException("the bucket is full");

    private final TestLedger test;
    @TempDir Path outbox;

    VideoSourceTest(TestLedger.On on) {
        test = TestLedger.on(on);
    }

    @AfterEach
    void close() {
        test.close();
    }

    private VideoSource source(int parallel) {
        return source(test.ledger(), parallel);
    }

    private VideoSource source(Ledger ledger, int parallel) {
        return new VideoSource(
                new HandOvers(ledger, EnumSet.of(DELIVERED, FAILED), ""), outbox, parallel);
    }

    private Task delivered(String stem, int videos) throws IOException {
        Task task = test.claimed(TaskState.SUCCEEDED, stem);
        List<Video> all = new ArrayList<>();
        for (int number = 1; number <= videos; number++) {
            String name = stem + (number == 1 ? "" : "-" + number) + ".mp4";
            Files.writeString(outbox.resolve(name), name);
            all.add(Video.linked(number, "v", "u", "5").verified(name, name.length(), "00"));
        }
        test.ledger().verified(task, all);
        test.ledger().write(task, Move.to(DELIVERED));
        test.later(Duration.ofMillis(10));
        return test.find(task);
    }

    private Long handedAt(Task task) {
        return test.column("handed_at", task);
    }

    private static List<String> names(Delivery... all) {
        return List.of(all).stream().map(delivery -> delivery.file().getName()).toList();
    }

    @Test
    void a_task_is_handed_over_when_the_host_has_all_of_its_videos() throws Exception {
        Task task = delivered("cat", 3);
        VideoSource source = source(2);

        Delivery one = source.next();
        Delivery two = source.next();
        assertThat(source.next()).isNull();
        source.finished(two, null, false);
        Delivery three = source.next();
        assertThat(names(one, two, three)).containsExactly("cat.mp4", "cat-2.mp4", "cat-3.mp4");
        source.finished(three, null, false);
        assertThat(handedAt(task)).isNull();
        source.finished(one, null, false);

        assertThat(handedAt(task)).isNotNull();
        assertThat(source.next()).isNull();
    }

    @Test
    void one_video_that_the_host_did_not_take_is_the_task_again_later() throws Exception {
        Task task = delivered("cat", 2);
        VideoSource source = source(1);
        source.finished(source.next(), BROKEN, false);
        source.finished(source.next(), null, false);

        assertThat(handedAt(task)).isNull();
        assertThat(source.next()).isNull();
        test.later(Duration.ofSeconds(10));
        assertThat(names(source.next())).containsExactly("cat.mp4");
    }

    @Test
    void the_gaps_grow_to_an_hour_and_others_do_not_wait() throws Exception {
        Task task = delivered("cat", 1);
        VideoSource source = source(1);
        for (int tries = 0; tries < 12; tries++) {
            source.finished(source.next(), BROKEN, false);
            Duration wait = test.until("hand_due_at", task);
            assertThat(wait).isLessThanOrEqualTo(Duration.ofHours(1));
            assertThat(wait).isGreaterThan(Duration.ofSeconds(4));
            assertThat(source.next()).isNull();
            test.later(Duration.ofHours(1));
        }
        delivered("dog", 1);
        source.finished(source.next(), BROKEN, false);

        assertThat(names(source.next())).containsExactly("dog.mp4");
    }

    @Test
    void never_more_than_the_host_can_take_at_one_time() throws Exception {
        delivered("a", 1);
        delivered("b", 1);
        delivered("c", 1);
        VideoSource source = source(2);
        Delivery a = source.next();
        source.next();

        assertThat(source.awaitRoom(NOW)).isFalse();
        assertThat(source.next()).isNull();
        source.finished(a, null, false);
        assertThat(source.awaitRoom(NOW)).isTrue();
        assertThat(names(source.next())).containsExactly("c.mp4");
    }

    @Test
    void asking_in_vain_takes_no_room() throws Exception {
        VideoSource source = source(1);
        for (int i = 0; i < 3; i++) {
            assertThat(source.next()).isNull();
        }
        assertThat(source.awaitRoom(NOW)).isTrue();
    }

    @Test
    void a_slow_host_keeps_what_it_has() throws Exception {
        Task task = delivered("cat", 1);
        VideoSource slow = source(1);
        VideoSource other = source(test.another(), 1);
        Delivery cat = slow.next();
        for (int minutes = 0; minutes < 20; minutes++) {
            for (int thirds = 0; thirds < 3; thirds++) {
                test.later(test.ledger().lease().dividedBy(3));
                slow.renew();
                assertThat(other.next()).isNull();
            }
        }
        slow.finished(cat, null, false);

        assertThat(handedAt(task)).isNotNull();
    }

    @Test
    void one_that_was_thought_dead_changes_nothing() throws Exception {
        Task task = delivered("cat", 1);
        VideoSource late = source(1);
        Delivery cat = late.next();
        test.later(test.ledger().lease().plusMillis(1));
        VideoSource other = source(test.another(), 1);
        Delivery again = other.next();
        assertThat(again).isNotNull();

        late.renew();
        late.finished(cat, null, false);
        assertThat(handedAt(task)).isNull();
        other.finished(again, null, false);
        assertThat(handedAt(task)).isNotNull();
    }

    @Test
    void being_stopped_is_not_failing() throws Exception {
        Task task = delivered("cat", 2);
        VideoSource source = source(1);
        Delivery one = source.next();
        source.stop();
        source.finished(one, BROKEN, true);

        assertThat(source.next()).isNull();
        assertThat(test.column("hand_tries", task)).isZero();
        assertThat(names(source(1).next())).containsExactly("cat.mp4");
    }

    @Test
    void one_that_the_host_has_while_it_stops_counts() throws Exception {
        Task task = delivered("cat", 1);
        VideoSource source = source(1);
        Delivery one = source.next();
        source.stop();
        source.finished(one, null, true);

        assertThat(handedAt(task)).isNotNull();
    }

    @Test
    void a_file_that_a_person_took_is_waited_for_and_then_counts() throws Exception {
        Task task = delivered("cat", 1);
        Files.delete(outbox.resolve("cat.mp4"));
        delivered("dog", 1);
        VideoSource source = source(1);
        Delivery dog = source.next();
        assertThat(names(dog)).containsExactly("dog.mp4");
        source.finished(dog, null, false);

        for (int tries = 1; tries <= 32; tries++) {
            assertThat(source.next()).isNull();
            assertThat(handedAt(task)).isNull();
            test.later(Duration.ofHours(1));
        }
        assertThat(source.next()).isNull();
        assertThat(handedAt(task)).isNotNull();
    }

    @Test
    void a_file_that_comes_back_is_handed_over() throws Exception {
        delivered("cat", 1);
        Files.delete(outbox.resolve("cat.mp4"));
        VideoSource source = source(1);
        assertThat(source.next()).isNull();
        Files.writeString(outbox.resolve("cat.mp4"), "cat.mp4");
        test.later(Duration.ofSeconds(10));

        assertThat(names(source.next())).containsExactly("cat.mp4");
    }

    @Test
    void an_outbox_that_is_away_is_no_outbox_that_was_emptied() throws Exception {
        Task task = delivered("cat", 1);
        Files.delete(outbox.resolve("cat.mp4"));
        Files.delete(outbox);
        VideoSource source = source(1);
        for (int tries = 0; tries < 40; tries++) {
            assertThat(source.next()).isNull();
            test.later(Duration.ofHours(1));
        }
        assertThat(handedAt(task)).isNull();
        Files.createDirectories(outbox);
    }

    @Test
    void that_the_host_failed_often_is_no_reason_to_give_up_a_file() throws Exception {
        Task task = delivered("cat", 1);
        test.sql("update kling_task set hand_tries = 100");
        Files.delete(outbox.resolve("cat.mp4"));

        assertThat(source(1).next()).isNull();
        assertThat(handedAt(task)).isNull();
    }

    @Test
    void what_is_left_of_a_task_is_handed_over() throws Exception {
        Task task = delivered("cat", 2);
        Files.delete(outbox.resolve("cat.mp4"));
        VideoSource source = source(1);
        for (int tries = 1; tries <= 32; tries++) {
            assertThat(source.next()).isNull();
            test.later(Duration.ofHours(1));
        }
        Delivery two = source.next();
        assertThat(names(two)).containsExactly("cat-2.mp4");
        source.finished(two, null, false);

        assertThat(handedAt(task)).isNotNull();
    }

    @Test
    void a_link_or_another_file_of_that_name_is_not_the_video() throws Exception {
        Path secret = Files.writeString(outbox.resolve("secret"), "cat.mp4");
        delivered("cat", 1);
        Files.delete(outbox.resolve("cat.mp4"));
        Files.createSymbolicLink(outbox.resolve("cat.mp4"), secret);
        assertThat(source(1).next()).isNull();

        Files.delete(outbox.resolve("cat.mp4"));
        Files.writeString(outbox.resolve("cat.mp4"), "half");
        test.later(Duration.ofMinutes(1));
        assertThat(source(1).next()).isNull();
    }

    @Test
    void a_failed_task_has_no_body_and_says_why() throws Exception {
        Task task = test.claimed(TaskState.SUBMITTED, "cat");
        test.ledger()
                .write(task, Move.to(FAILED).told("1301", "content\r\nX-Evil: yes", "request-1"));
        test.later(Duration.ofMillis(10));
        Delivery failed = source(1).next();

        assertThat(failed.file()).isNull();
        Map<String, Object> headers = failed.headers();
        assertThat(headers)
                .containsEntry("KlingTaskState", "FAILED")
                .containsEntry("KlingCode", "1301")
                .containsEntry("KlingMessage", "content  X-Evil: yes")
                .containsEntry("KlingRequestId", "request-1")
                .doesNotContainKey("CamelFileName");
        assertThat(headers.keySet()).allMatch(name -> name.startsWith("Kling"));
    }

    @Test
    void what_the_ledger_could_not_write_is_written_later() throws Exception {
        Task task = delivered("cat", 1);
        VideoSource source = source(1);
        Delivery cat = source.next();
        test.sql("alter table kling_task rename to kling_away");
        source.finished(cat, null, false);
        test.sql("alter table kling_away rename to kling_task");
        assertThat(handedAt(task)).isNull();

        source.renew();
        assertThat(handedAt(task)).isNotNull();
    }
}
