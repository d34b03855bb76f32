package dev.klingroutes.video;

import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.provider.Look;
import dev.klingroutes.provider.Look.Sight;
import dev.klingroutes.provider.Reply;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.Video;
import dev.klingroutes.video.Fetched.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class UndeliveredTest {
    private static final Look FRESH = fresh("fresh");
    private static final Look NO_VIDEO =
            look(
                    Sight.SUCCEEDED,
                    "{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"succeed\"}}");
    private static final Look UNANSWERED = look(Sight.UNANSWERED, "");

    private final TestLedger test;
    private final Undelivered undelivered;
    private Task task;

    UndeliveredTest(TestLedger.On on) {
        test = TestLedger.on(on);
        undelivered = new Undelivered(test.ledger(), test.clock());
        task = test.claimed(SUCCEEDED);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void a_broken_transfer_is_tried_again_and_never_given_up() {
        for (int failures = 1; failures <= 12; failures++) {
            assertThat(undelivered.broken(fetched(Outcome.BROKEN))).contains("trying again");

            Task now = test.find(task);
            assertThat(now.state()).isEqualTo(SUCCEEDED);
            assertThat(now.report()).isEqualTo(failures < 5 ? null : "write");
            assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofMinutes(5));
            next(Duration.ofMinutes(5));
        }
    }

    @Test
    void a_fresh_link_is_followed_at_once() {
        undelivered.relinked(fetched(Outcome.EXPIRED), FRESH);

        Task now = test.claim(SUCCEEDED);
        assertThat(now.videos()).extracting(Video::url).containsExactly("https://a.test/fresh");
        assertThat(now.failures()).isEqualTo(1);
    }

    @Test
    void a_question_that_was_not_answered_is_no_evidence() {
        for (int days = 0; days < 4; days++) {
            undelivered.relinked(fetched(Outcome.EXPIRED), UNANSWERED);
            next(Duration.ofDays(1));
        }

        assertThat(task.missingSince()).isNull();
        assertThat(task.state()).isEqualTo(SUCCEEDED);
    }

    @Test
    void only_a_day_of_evidence_ends_a_paid_task() {
        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);
        assertThat(test.find(task).missingSince()).isNotNull();

        next(Duration.ofHours(23));
        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);
        assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);

        next(Duration.ofHours(2));
        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);
        assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);

        next(Duration.ofMinutes(5));
        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);
        assertThat(test.find(task).state()).isEqualTo(FAILED);
        assertThat(test.find(task).code()).isEqualTo("no-video");
        assertThat(test.find(task).report()).isEqualTo("write");
    }

    @Test
    void evidence_begins_anew_once_bytes_have_come() {
        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);
        next(Duration.ofHours(1));
        undelivered.broken(fetched(Outcome.BROKEN));
        next(Duration.ofHours(30));

        undelivered.relinked(fetched(Outcome.EXPIRED), NO_VIDEO);

        assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);
    }

    @Test
    void a_link_that_is_not_safe_waits_for_a_person_ever_longer_and_is_told_once() {
        undelivered.relinked(fetched(Outcome.UNSAFE), FRESH);
        next(Duration.ZERO);

        assertThat(undelivered.relinked(fetched(Outcome.UNSAFE), FRESH)).contains("not safe");

        Task now = test.find(task);
        assertThat(now.state()).isEqualTo(SUCCEEDED);
        assertThat(now.code()).isEqualTo("unsafe-link");
        assertThat(now.report()).isEqualTo("write");
        test.ledger().paid(test.ledger().owing(1).get(0));
        for (int minutes : new int[] {5, 10, 20, 40, 60, 60}) {
            Duration gap = Duration.ofMinutes(minutes);
            assertThat(test.untilDue(task)).isBetween(gap.minusSeconds(5), gap);
            next(gap);
            assertThat(undelivered.relinked(fetched(Outcome.UNSAFE), FRESH)).isNull();
            assertThat(test.find(task).report()).isEqualTo("written");
        }
        assertThat(test.find(task).looks()).isEqualTo(8);
    }

    @Test
    void a_link_that_is_not_safe_is_told_also_after_other_failures() {
        undelivered.broken(fetched(Outcome.BROKEN));
        next(Duration.ofMinutes(5));
        undelivered.broken(fetched(Outcome.BROKEN));
        next(Duration.ofMinutes(5));
        assertThat(undelivered.relinked(fetched(Outcome.UNSAFE), FRESH)).contains("fresh link");
        next(Duration.ZERO);

        assertThat(undelivered.relinked(fetched(Outcome.UNSAFE), FRESH)).contains("not safe");
        assertThat(test.find(task).report()).isEqualTo("write");
    }

    @Test
    void a_link_that_comes_after_a_day_without_one_is_tried_before_a_paid_task_is_given_up() {
        for (int tries = 0; tries <= 25; tries++) {
            undelivered.relinked(fetched(Outcome.GONE), fresh("signed-" + tries));
            assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);
            next(Duration.ofMinutes(61));
        }
        assertThat(test.find(task).videos())
                .extracting(Video::url)
                .containsExactly("https://a.test/signed-25");

        undelivered.relinked(fetched(Outcome.GONE), fresh("signed-26"));

        assertThat(test.find(task).state()).isEqualTo(FAILED);
    }

    @Test
    void a_fresh_link_that_leads_nowhere_for_a_day_ends_a_paid_task() {
        for (int tries = 0; tries <= 25; tries++) {
            goneWith("a");
            assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);
            next(Duration.ofMinutes(61));
        }
        goneWith("a");

        assertThat(test.find(task).state()).isEqualTo(FAILED);
    }

    @Test
    void a_link_that_is_not_for_us_is_no_evidence() {
        for (int days = 0; days < 4; days++) {
            undelivered.relinked(fetched(Outcome.EXPIRED), FRESH);
            next(Duration.ofDays(1));
        }

        assertThat(task.missingSince()).isNull();
        assertThat(task.failures()).isEqualTo(4);
    }

    @Test
    void what_lies_between_two_pieces_of_evidence_may_have_been_an_outage() {
        undelivered.relinked(fetched(Outcome.GONE), NO_VIDEO);
        Long since = test.find(task).missingSince();
        for (int hours = 0; hours < 30; hours++) {
            next(Duration.ofHours(1));
            undelivered.relinked(fetched(Outcome.GONE), UNANSWERED);
        }
        assertThat(test.find(task).missingSince() == null).isEqualTo(since == null);
        for (Look look : List.of(NO_VIDEO, UNANSWERED, NO_VIDEO)) {
            next(Duration.ofHours(1));
            undelivered.relinked(fetched(Outcome.GONE), look);
            assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);
        }
        next(Duration.ofHours(1));
        undelivered.relinked(fetched(Outcome.GONE), NO_VIDEO);
        assertThat(test.find(task).state()).isEqualTo(FAILED);
    }

    @Test
    void a_link_after_none_is_followed_at_once_and_ends_the_evidence() {
        undelivered.relinked(fetched(Outcome.GONE), NO_VIDEO);
        next(Duration.ofHours(25));

        undelivered.relinked(fetched(Outcome.GONE), FRESH);

        next(Duration.ZERO);
        assertThat(task.missingSince()).isNull();
        assertThat(task.videos()).hasSize(1);
    }

    @Test
    void an_expired_link_is_renewed_at_once_also_after_other_failures() {
        undelivered.broken(fetched(Outcome.BROKEN));
        next(Duration.ofMinutes(5));

        undelivered.relinked(fetched(Outcome.EXPIRED), FRESH);

        next(Duration.ZERO);
        assertThat(task.videos()).extracting(Video::url).containsExactly("https://a.test/fresh");
    }

    @Test
    void every_third_failure_in_a_row_asks_for_links_and_is_no_evidence() {
        for (int failures = 1; failures <= 9; failures++) {
            Fetched fetched = fetched(failures % 2 == 0 ? Outcome.BROKEN : Outcome.WRONG);
            assertThat(fetched.needsLinks()).isEqualTo(failures % 3 == 0);
            if (fetched.needsLinks()) {
                undelivered.relinked(fetched, failures == 3 ? NO_VIDEO : fresh("" + failures));
            } else {
                undelivered.broken(fetched);
            }
            next(Duration.ofHours(1));
            assertThat(task.missingSince()).isNull();
            assertThat(task.failures()).isEqualTo(failures);
        }
        assertThat(task.videos()).extracting(Video::url).containsExactly("https://a.test/9");
        assertThat(task.looks()).isEqualTo(3);
    }

    @Test
    void what_is_no_use_is_asked_for_ever_more_rarely_and_told_once() {
        assertThat(undelivered.broken(fetched(Outcome.WRONG))).contains("why");
        Duration longest = Duration.ZERO;
        for (int failures = 2; failures <= 60; failures++) {
            next(Duration.ofHours(1));
            assertThat(undelivered.broken(fetched(Outcome.WRONG))).isNull();
            Duration wait = test.untilDue(task);
            assertThat(wait).isLessThanOrEqualTo(Duration.ofHours(1));
            longest = wait.compareTo(longest) > 0 ? wait : longest;
        }
        assertThat(longest).isGreaterThan(Duration.ofMinutes(5));
        assertThat(test.find(task).report()).isEqualTo("write");
    }

    private void goneWith(String link) {
        undelivered.relinked(fetched(Outcome.GONE), fresh(link));
    }

    @Test
    void being_stopped_is_no_failure() {
        undelivered.parked(fetched(Outcome.PARKED));

        next(Duration.ofSeconds(1));
        assertThat(task.failures()).isZero();
        assertThat(task.report()).isNull();
    }

    private Fetched fetched(Outcome outcome) {
        return new Fetched(task, outcome, List.of(), "why");
    }

    private void next(Duration time) {
        test.later(time);
        task = test.claim(SUCCEEDED);
    }

    private static Look fresh(String link) {
        return look(
                Sight.SUCCEEDED,
                "{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"succeed\",\"task_result\":"
                        + "{\"videos\":[{\"id\":\"v\",\"url\":\"https://a.test/%s\"}]}}}"
                                .formatted(link));
    }

    private static Look look(Sight sight, String body) {
        return new Look(sight, Reply.read(200, body.getBytes(UTF_8)));
    }
}
