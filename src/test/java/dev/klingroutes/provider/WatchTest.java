package dev.klingroutes.provider;

import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.OVERDUE;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TestLedger;
import dev.klingroutes.task.Video;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class WatchTest {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(60);

    /** All of an hour's looks, and half of those of 30 days at one an hour. */
    private static final int ENOUGH = 720 + 360;

    private final TestLedger test;
    private final Watch watch;
    private Task task;

    WatchTest(TestLedger.On on) {
        test = TestLedger.on(on);
        watch =
                new Watch(
                        test.ledger(),
                        test.settings(),
                        new News(),
                        test.clock(),
                        new CallbackArrivals(new Callbacks(test.ledger()), test.settings()));
        task = test.claimed(SUBMITTED, "cat");
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void it_is_asked_for_by_the_id_of_the_provider() {
        assertThat(watch.call(task).url())
                .isEqualTo(TestLedger.ADDRESS + "/kling/v1/videos/text2video/t-cat");
        assertThat(watch.call(task).body()).as("a GET").isNull();
    }

    @Test
    void a_task_that_is_rendering_is_due_again_and_has_not_failed() {
        watch.again(task, look("processing"));

        Task again = test.find(task);
        assertThat(again.state()).isEqualTo(SUBMITTED);
        assertThat(again.looks()).isEqualTo(1);
        assertThat(again.failures()).isZero();
        assertThat(test.untilDue(task)).isBetween(Duration.ZERO, EVERY);
    }

    @Test
    void a_word_that_nobody_knows_counts_as_going_and_is_told() {
        assertThat(look("throttled").going()).isTrue();
        assertThat(watch.again(task, look("throttled"))).contains("\"throttled\"");
    }

    @Test
    void a_finished_task_keeps_its_links() {
        assertThat(look("succeed").succeeded()).isTrue();

        watch.succeeded(task, look("succeed"));

        Task done = test.claim(SUCCEEDED);
        assertThat(done.videos())
                .containsExactly(Video.linked(1, "v", "https://a.test/v.mp4", "5"));
        assertThat(done.deduction()).isEqualTo("3");
        assertThat(done.times().succeeded()).isNotNull();
    }

    @Test
    void a_failed_task_gives_the_reason_of_the_provider() {
        assertThat(look("failed").failed()).isTrue();

        assertThat(watch.failed(task, look("failed"))).isEqualTo("failed at the provider: no luck");

        Task failed = test.find(task);
        assertThat(failed.state()).isEqualTo(FAILED);
        assertThat(failed.message()).isEqualTo("no luck");
        assertThat(failed.report()).isEqualTo("write");
    }

    @Test
    void a_look_that_is_about_another_task_is_not_believed() {
        assertThat(watch.look(task, 200, Answer.task("t-cat", "failed", "another")).sight())
                .isEqualTo(Look.Sight.UNANSWERED);
        assertThat(watch.look(task, 200, Answer.task("t-dog", "failed", null)).sight())
                .isEqualTo(Look.Sight.UNANSWERED);
        assertThat(watch.look(task, 200, Answer.task("t-dog", "failed", task.externalId())).sight())
                .isEqualTo(Look.Sight.FAILED);
        assertThat(watch.look(task, 200, Answer.task("t-cat", "failed", null)).sight())
                .isEqualTo(Look.Sight.FAILED);
    }

    @ParameterizedTest
    @CsvSource({
        "400,'{\"code\":1201,\"message\":\"Task not found\"}'",
        "401,'{\"code\":1002}'",
        "404,'<html>'",
        "429,'{\"code\":1302}'",
        "500,'{\"code\":5000}'",
        "200,''",
        "200,'{\"code\":0,\"data\":{\"task_id\":\"t-cat\"}}'",
        "200,'{\"code\":5000,\"data\":{\"task_id\":\"t-cat\",\"task_status\":\"failed\"}}'"
    })
    void no_look_that_failed_says_anything_about_the_task(int status, String body) {
        Look look = watch.look(task, status, Answer.bytes(body));
        assertThat(look.sight()).isEqualTo(Look.Sight.UNANSWERED);

        for (int failures = 1; failures <= 12; failures++) {
            watch.unanswered(task, look);

            Task now = test.find(task);
            assertThat(now.state()).isEqualTo(SUBMITTED);
            assertThat(now.failures()).isEqualTo(failures);
            assertThat(now.report()).isEqualTo(failures < 5 ? null : "write");
            assertThat(test.untilDue(task)).isLessThanOrEqualTo(Duration.ofMinutes(1));
            test.later(Duration.ofMinutes(1));
            task = test.claim(SUBMITTED);
        }
    }

    @Test
    void trouble_with_the_provider_is_news_once() {
        Look look = watch.look(task, 502, Answer.bytes("<html>"));

        assertThat(watch.unanswered(task, look)).contains("HTTP 502");
        assertThat(watch.unanswered(test.find(task), look)).isNull();
    }

    @Test
    void an_error_file_goes_when_looks_are_answered_again() {
        Look look = watch.look(task, 502, Answer.bytes("<html>"));
        for (int failures = 1; failures <= 5; failures++) {
            watch.unanswered(task, look);
            test.later(Duration.ofMinutes(1));
            task = test.claim(SUBMITTED);
        }
        test.ledger().paid(test.ledger().owing(1).get(0));

        watch.again(test.find(task), look("processing"));

        assertThat(test.find(task).report()).isEqualTo("remove");
        assertThat(test.find(task).failures()).isZero();
    }

    @Test
    void a_task_that_is_still_going_after_our_patience_is_overdue() {
        test.later(PATIENCE.minusMinutes(1));
        task = test.claim(SUBMITTED);
        watch.again(task, look("processing"));
        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);

        test.later(Duration.ofMinutes(2));
        test.sql("update kling_task set looks = 29");
        task = test.claim(SUBMITTED);
        watch.again(task, look("processing"));

        Task overdue = test.find(task);
        assertThat(overdue.state()).isEqualTo(OVERDUE);
        assertThat(overdue.report()).isEqualTo("write");
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(EVERY);
    }

    @Test
    void a_clock_that_jumped_makes_no_task_overdue() {
        test.later(PATIENCE.plusMinutes(1));
        test.sql("update kling_task set looks = 28");
        task = test.claim(SUBMITTED);

        watch.again(task, look("processing"));

        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
        assertThat(test.untilDue(task)).isLessThanOrEqualTo(EVERY);
    }

    @Test
    void a_clock_that_was_put_back_makes_no_age_negative() {
        test.later(Duration.ofHours(-1));

        assertThat(watch.again(task, look("processing"))).isEqualTo("rendering, 0 s");
    }

    @Test
    void an_unanswered_look_makes_no_task_overdue() {
        test.later(PATIENCE.plusHours(3));
        task = test.claim(SUBMITTED);

        watch.unanswered(task, watch.look(task, 500, Answer.bytes("")));

        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
    }

    @Test
    void an_overdue_task_is_looked_at_with_gaps_that_grow_to_an_hour_for_thirty_days() {
        overdue();
        Duration before = Duration.ZERO;
        for (int hours : new int[] {1, 2, 4, 8, 16, 32}) {
            test.later(Duration.ofHours(hours));
            task = test.claim(OVERDUE);
            watch.again(task, look("processing"));
            Duration gap = test.untilDue(task);
            assertThat(gap).isGreaterThan(before).isLessThanOrEqualTo(Ledger.LONGEST_WAIT);
            before = gap.compareTo(Duration.ofMinutes(50)) < 0 ? gap : Duration.ofMinutes(50);
        }
        assertThat(before).isEqualTo(Duration.ofMinutes(50));

        test.later(Duration.ofDays(30));
        test.sql("update kling_task set looks = " + (ENOUGH - 1));
        task = test.claim(OVERDUE);
        watch.again(task, look("processing"));

        assertThat(test.untilDue(task)).isNull();
        assertThat(test.find(task).state()).isEqualTo(OVERDUE);
    }

    @Test
    void a_clock_that_jumped_ends_the_looks_at_no_overdue_task() {
        overdue();
        test.later(Duration.ofDays(31));
        test.sql("update kling_task set looks = " + (ENOUGH - 2));
        task = test.claim(OVERDUE);

        watch.again(task, look("processing"));

        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofMinutes(59));
    }

    @Test
    void an_overdue_task_whose_looks_fail_is_looked_at_no_more_often() {
        overdue();
        test.later(Duration.ofHours(20));
        task = test.claim(OVERDUE);

        watch.unanswered(task, watch.look(task, 400, Answer.error("1201", "Task not found")));
        assertThat(test.untilDue(task)).isGreaterThan(Duration.ofMinutes(59));

        test.later(Duration.ofDays(31));
        test.sql("update kling_task set looks = " + (ENOUGH - 1));
        task = test.claim(OVERDUE);
        watch.unanswered(task, watch.look(task, 400, Answer.error("1201", "Task not found")));
        assertThat(test.untilDue(task)).isNull();
        assertThat(test.find(task).state()).isEqualTo(OVERDUE);
    }

    @Test
    void an_overdue_task_may_finish_or_fail() {
        overdue();
        test.later(EVERY);
        task = test.claim(OVERDUE);

        watch.succeeded(task, look("succeed"));

        assertThat(test.find(task).state()).isEqualTo(SUCCEEDED);
        assertThat(test.find(task).report()).isEqualTo("remove");
    }

    @Test
    void an_overdue_task_is_watched_as_before_when_our_patience_has_grown() {
        overdue();
        test.later(Duration.ofMinutes(-30));
        test.sql("update kling_task set due_at = 0");
        task = test.claim(OVERDUE);

        watch.again(task, look("processing"));

        assertThat(test.find(task).state()).isEqualTo(SUBMITTED);
        assertThat(test.find(task).report()).isEqualTo("remove");
    }

    private void overdue() {
        test.later(PATIENCE.plusMinutes(1));
        test.sql("update kling_task set looks = 29");
        task = test.claim(SUBMITTED);
        watch.again(task, look("processing"));
    }

    private Look look(String status) {
        return watch.look(task, 200, Answer.task("t-cat", status, null));
    }
}
