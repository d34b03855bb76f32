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
    private static final Look FRESH =
            look(
                    Sight.SUCCEEDED,
                    "{\"code\":0,\"data\":{\"task_id\":\"t\",\"task_status\":\"succeed\",\"task_result\":"
                            + "{\"videos\":[{\"id\":\"v\",\"url\":\"https://a.test/fresh\"}]}}}");
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

        assertThat(undelivered.relinked(fetched(Outcome.UNSAFE), FRESH)).contains("not safe");
        assertThat(test.find(task).report()).isEqualTo("write");
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

    private static Look look(Sight sight, String body) {
        return new Look(sight, Reply.read(200, body.getBytes(UTF_8)));
    }
}
