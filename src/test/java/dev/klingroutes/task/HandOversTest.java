package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.CANCELLED;
import static dev.klingroutes.task.TaskState.DELIVERED;
import static dev.klingroutes.task.TaskState.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.task.HandOvers.HandOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class HandOversTest {
    private final TestLedger test;
    private final HandOvers videos;

    HandOversTest(TestLedger.On on) {
        test = TestLedger.on(on);
        videos = videos(test.ledger(), "");
    }

    @AfterEach
    void close() {
        test.close();
    }

    private static HandOvers videos(Ledger ledger, String folder) {
        return new HandOvers(ledger, EnumSet.of(DELIVERED), folder);
    }

    private HandOvers all() {
        return new HandOvers(test.ledger(), EnumSet.of(DELIVERED, FAILED, CANCELLED), "");
    }

    private Task ended(TaskState state, String stem) {
        Task task = test.claimed(state, stem);
        test.later(Duration.ofMillis(10));
        return task;
    }

    private Task inFolder(String folder, String stem) {
        Task task = ended(DELIVERED, stem);
        test.sql(
                "update kling_task set folder = '%s' where id = '%s'".formatted(folder, task.id()));
        return task;
    }

    private static String id(Optional<HandOver> claimed) {
        return claimed.orElseThrow().task().id();
    }

    @Test
    void what_has_not_ended_is_not_handed_over() {
        test.claimed(TaskState.SUBMITTED, "a");
        ended(FAILED, "b");

        assertThat(videos.claim()).isEmpty();
    }

    @Test
    void every_video_once_and_the_oldest_first() {
        Task a = ended(DELIVERED, "a");
        Task b = ended(DELIVERED, "b");
        Task c = ended(DELIVERED, "c");

        for (Task task : List.of(a, b, c)) {
            HandOver claimed = videos.claim().orElseThrow();
            assertThat(claimed.task().id()).isEqualTo(task.id());
            assertThat(videos.done(claimed)).isTrue();
        }
        test.later(Duration.ofDays(30));
        assertThat(videos.claim()).isEmpty();
    }

    @Test
    void all_ends_in_their_order_if_asked() {
        Task a = ended(FAILED, "a");
        Task b = ended(DELIVERED, "b");
        Task c = ended(CANCELLED, "c");

        assertThat(List.of(id(all().claim()), id(all().claim()), id(all().claim())))
                .containsExactly(a.id(), b.id(), c.id());
    }

    @Test
    void a_state_that_is_no_end_is_refused() {
        EnumSet<TaskState> going = EnumSet.of(TaskState.SUBMITTED);
        assertThatThrownBy(() -> new HandOvers(test.ledger(), going, ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void two_nodes_never_have_the_same() {
        for (int i = 0; i < 40; i++) {
            test.claimed(DELIVERED, "v" + i);
        }
        test.later(Duration.ofMillis(10));
        Ledger other = test.another();

        List<List<String>> had =
                Race.of(
                        4,
                        number -> {
                            HandOvers mine = videos(number % 2 == 0 ? test.ledger() : other, "");
                            List<String> ids = new ArrayList<>();
                            for (int empty = 0; empty < 3; ) {
                                Optional<HandOver> claimed = mine.claim();
                                if (claimed.isEmpty()) {
                                    empty++;
                                    continue;
                                }
                                ids.add(id(claimed));
                                mine.done(claimed.get());
                            }
                            return ids;
                        });

        List<String> all = had.stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(40);
        assertThat(new HashSet<>(all)).hasSize(40);
    }

    @Test
    void a_claim_that_ran_out_is_anothers_and_writes_nothing_more() {
        ended(DELIVERED, "a");
        HandOver mine = videos.claim().orElseThrow();
        assertThat(videos.claim()).isEmpty();

        test.later(test.ledger().lease().plusMillis(1));
        HandOver anothers = videos(test.another(), "").claim().orElseThrow();

        assertThat(anothers.task().id()).isEqualTo(mine.task().id());
        assertThat(videos.renew(mine)).isFalse();
        assertThat(videos.done(mine)).isFalse();
        assertThat(videos.failed(mine, Duration.ofHours(1))).isFalse();
        assertThat(videos.release(mine)).isFalse();
        assertThat(test.column("handed_at", mine.task())).isNull();
        assertThat(test.column("hand_tries", mine.task())).isZero();
        assertThat(videos.done(anothers)).isTrue();
    }

    @Test
    void a_claim_that_is_renewed_holds() {
        ended(DELIVERED, "a");
        HandOver mine = videos.claim().orElseThrow();
        for (int thirds = 0; thirds < 60; thirds++) {
            test.later(test.ledger().lease().dividedBy(3));
            assertThat(videos.renew(mine)).isTrue();
            assertThat(videos.claim()).isEmpty();
        }
        assertThat(videos.done(mine)).isTrue();
    }

    @Test
    void what_failed_waits_and_keeps_nobody_from_going_on() {
        Task a = ended(DELIVERED, "a");
        Task b = ended(DELIVERED, "b");
        HandOver failing = videos.claim().orElseThrow();
        assertThat(videos.failed(failing, Duration.ofMinutes(1))).isTrue();

        assertThat(id(videos.claim())).isEqualTo(b.id());
        assertThat(videos.claim()).isEmpty();
        test.later(Duration.ofSeconds(59));
        assertThat(videos.claim()).isEmpty();
        test.later(Duration.ofSeconds(1));
        HandOver again = videos.claim().orElseThrow();
        assertThat(again.task().id()).isEqualTo(a.id());
        assertThat(again.tries()).isEqualTo(1);
    }

    @Test
    void a_claim_that_was_given_back_cannot_be_held_any_more() {
        ended(DELIVERED, "a");
        HandOver mine = videos.claim().orElseThrow();
        videos.failed(mine, Duration.ofMinutes(10));

        assertThat(videos.renew(mine)).isFalse();
        assertThat(test.until("hand_due_at", mine.task())).isGreaterThan(Duration.ofMinutes(9));
    }

    @Test
    void what_was_not_tried_is_due_at_once_and_has_not_failed() {
        ended(DELIVERED, "a");
        videos.release(videos.claim().orElseThrow());

        assertThat(videos.claim().orElseThrow().tries()).isZero();
    }

    @Test
    void a_folder_is_it_and_what_is_below_it() {
        Task other = inFolder("shopping", "a");
        Task below = inFolder("shop/summer", "b");
        Task here = inFolder("shop", "c");
        inFolder("", "d");
        HandOvers shop = videos(test.ledger(), "shop");

        assertThat(List.of(id(shop.claim()), id(shop.claim())))
                .containsExactly(below.id(), here.id());
        assertThat(shop.claim()).isEmpty();
        assertThat(id(videos(test.ledger(), "shopping").claim())).isEqualTo(other.id());
        assertThat(videos(test.ledger(), "SHOP").claim()).isEmpty();
    }

    @Test
    void what_a_person_sets_going_again_is_handed_over_when_it_ends_anew() throws Exception {
        Task failed = ended(FAILED, "a");
        all().failed(all().claim().orElseThrow(), Duration.ofHours(1));
        test.later(Duration.ofHours(1));
        assertThat(all().done(all().claim().orElseThrow())).isTrue();

        new ByHand(test.ledger()).retry(test.find(failed));
        assertThat(all().claim()).isEmpty();
        new ByHand(test.ledger()).cancel(test.find(failed));

        HandOver again = all().claim().orElseThrow();
        assertThat(again.task().state()).isEqualTo(CANCELLED);
        assertThat(again.tries()).isZero();
    }

    @Test
    void one_that_a_person_sets_going_while_the_host_has_it_is_not_handed_over_by_that()
            throws Exception {
        Task failed = ended(FAILED, "a");
        HandOver mine = all().claim().orElseThrow();
        new ByHand(test.ledger()).retry(test.find(failed));

        assertThat(all().done(mine)).isFalse();
        assertThat(test.column("handed_at", failed)).isNull();
    }

    @Test
    void a_clock_that_jumped_back_freezes_nothing() {
        ended(DELIVERED, "a");
        videos.release(videos.claim().orElseThrow());
        test.later(Duration.ofDays(-3));
        assertThat(videos.claim()).isEmpty();

        test.ledger().thaw();
        assertThat(videos.claim()).isPresent();
    }

    @Test
    void a_restart_takes_up_what_a_killed_process_had() {
        Task a = ended(DELIVERED, "a");
        videos.claim().orElseThrow();
        test.restart();

        Optional<HandOver> again = videos(test.ledger(), "").claim();
        if (test.isShared()) {
            // another node may have it: its claim has to run out
            assertThat(again).isEmpty();
            test.later(test.ledger().lease());
            again = videos(test.ledger(), "").claim();
        }
        assertThat(id(again)).isEqualTo(a.id());
    }
}
