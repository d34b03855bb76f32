package dev.klingroutes.video;

import dev.klingroutes.provider.Look;
import dev.klingroutes.task.Backoff;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.Video;
import dev.klingroutes.video.Fetched.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What becomes of a paid task whose videos could not be fetched: it is tried again. */
public final class Undelivered {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(5));
    private static final Duration EVIDENCE = Duration.ofHours(24);
    private static final int REPORTED_AFTER = 5;

    private final Ledger ledger;
    private final Clock clock;

    public Undelivered(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** The transfer broke: again, from the start. Where there are bytes, there is a video. */
    public String broken(Fetched fetched) {
        return again(fetched, null);
    }

    private String again(Fetched fetched, Long missingSince) {
        Task task = fetched.task();
        int failures = task.failures() + 1;
        Move move =
                Move.again(BACKOFF.after(failures)).failures(failures).missingSince(missingSince);
        if (failures == REPORTED_AFTER) {
            move.told("download", fetched.why(), task.requestId()).reported();
        }
        ledger.write(task, move);
        return "the download failed, trying again: " + fetched.why();
    }

    /** The link was no good and the provider was asked for a fresh one. */
    public String relinked(Fetched fetched, Look look) {
        Task task = fetched.task();
        if (look.sight() == Look.Sight.UNANSWERED) {
            return again(fetched, fetched.task().missingSince());
        }
        List<Video> fresh = look.reply().videos();
        int failures = task.failures() + 1;
        if (failures == 1 && !fresh.isEmpty()) {
            ledger.write(task, Move.again(Duration.ZERO).failures(1).videos(fresh));
            return fetched.why() + ", asked the provider for a fresh link";
        }
        if (fetched.outcome() == Outcome.UNSAFE) {
            ledger.write(
                    task,
                    Move.again(Ledger.LONGEST_WAIT)
                            .failures(failures)
                            .videos(fresh)
                            .told("unsafe-link", fetched.why(), task.requestId())
                            .reported());
            return failures == 2 ? "waits, its link is not safe: " + fetched.why() : null;
        }
        return missing(fetched, fresh, failures);
    }

    /** Neither the old link nor a fresh one: the provider's evidence counts after a day of it. */
    private String missing(Fetched fetched, List<Video> fresh, int failures) {
        Task task = fetched.task();
        Long since = task.missingSince();
        if (since != null && clock.millis() - since > EVIDENCE.toMillis()) {
            ledger.write(
                    task,
                    Move.to(TaskState.FAILED)
                            .told("no-video", fetched.why(), task.requestId())
                            .reported());
            return "given up: the provider has shown no video for 24 h";
        }
        Move move =
                Move.again(BACKOFF.after(failures))
                        .failures(failures)
                        .videos(fresh)
                        .missingSince(since == null ? (Long) clock.millis() : since);
        if (failures == REPORTED_AFTER) {
            move.told("no-video", fetched.why(), task.requestId()).reported();
        }
        ledger.write(task, move);
        return fetched.why() + ", trying again";
    }
}
