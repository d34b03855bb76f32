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
    private static final String UNSAFE = "unsafe-link";

    /** Not at once: this application may still be asked until it has stopped. */
    private static final Duration PARKED_FOR = Duration.ofSeconds(1);

    private static final Duration UNSAFE_FIRST = Duration.ofMinutes(5);
    private static final int UNSAFE_DOUBLINGS = 5;

    private final Ledger ledger;
    private final Clock clock;

    public Undelivered(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Being stopped is no failure: the next start, or another node, goes on. */
    public void parked(Fetched fetched) {
        ledger.write(fetched.task(), Move.again(PARKED_FOR));
    }

    /** The transfer broke: again, from where it was. Where there are bytes, there is a video. */
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
            ledger.write(
                    task,
                    Move.again(Duration.ZERO).failures(1).looks(task.looks() + 1).videos(fresh));
            return fetched.why() + ", asked the provider for a fresh link";
        }
        return fetched.outcome() == Outcome.UNSAFE
                ? unsafe(fetched, fresh, failures)
                : missing(fetched, fresh, failures);
    }

    /** It is paid, and the setting may be wrong: told once, and looked at ever more rarely. */
    private String unsafe(Fetched fetched, List<Video> fresh, int failures) {
        Task task = fetched.task();
        int doublings = Math.min(Math.max(failures - 2, 0), UNSAFE_DOUBLINGS);
        Duration gap = UNSAFE_FIRST.multipliedBy(1L << doublings);
        Move move =
                Move.again(gap.compareTo(Ledger.LONGEST_WAIT) < 0 ? gap : Ledger.LONGEST_WAIT)
                        .failures(failures)
                        .looks(task.looks() + 1)
                        .videos(fresh);
        boolean told = UNSAFE.equals(task.code()) && fetched.why().equals(task.message());
        if (!told) {
            move.told(UNSAFE, fetched.why(), task.requestId()).reported();
        }
        ledger.write(task, move);
        return told ? null : "waits, its link is not safe: " + fetched.why();
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
                        .looks(task.looks() + 1)
                        .videos(fresh)
                        .missingSince(since == null ? (Long) clock.millis() : since);
        if (failures == REPORTED_AFTER) {
            move.told("no-video", fetched.why(), task.requestId()).reported();
        }
        ledger.write(task, move);
        return fetched.why() + ", trying again";
    }
}
