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
import java.util.Set;

/** What becomes of a paid task whose videos could not be fetched: it is tried again. */
public final class Undelivered {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(5));
    private static final Backoff WRONG_BACKOFF =
            new Backoff(Duration.ofSeconds(2), Ledger.LONGEST_WAIT);
    private static final Duration EVIDENCE = Duration.ofHours(24);

    private static final String BROKEN = "download";
    private static final String WRONG = "wrong-video";
    private static final String UNSAFE = "unsafe-link";
    private static final String EXPIRED = "expired-link";
    private static final String NO_VIDEO = "no-video";
    private static final Set<String> LINK_TROUBLE = Set.of(UNSAFE, EXPIRED, NO_VIDEO);
    private static final String ONCE_MORE =
            "the provider has shown no video for 24 h, it is asked once more";

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

    /**
     * The transfer broke: again, from where it was. Where there are bytes, there is a video.
     *
     * @return what happened, for people; null if it was told before
     */
    public String broken(Fetched fetched) {
        return broken(fetched, fetched.task().looks(), List.of());
    }

    private String broken(Fetched fetched, int looks, List<Video> fresh) {
        Task task = fetched.task();
        boolean wrong = fetched.outcome() == Outcome.WRONG;
        String code = wrong ? WRONG : BROKEN;
        boolean told = wrong && isTold(task, code, fetched.why());
        int failures = task.failures() + 1;
        Move move =
                Move.again((wrong ? WRONG_BACKOFF : BACKOFF).after(failures))
                        .failures(failures)
                        .looks(looks)
                        .videos(fresh)
                        .missingSince(null)
                        .told(code, fetched.why(), task.requestId());
        if (failures == Move.REPORTED_AFTER) {
            move.reported();
        }
        ledger.write(task, move);
        return told ? null : "the download failed, trying again: " + fetched.why();
    }

    private static boolean isTold(Task task, String code, String why) {
        return code.equals(task.code()) && why.equals(task.message());
    }

    /**
     * The link was no good and the provider was asked for a fresh one.
     *
     * @return what happened, for people; null if it was told before
     */
    public String relinked(Fetched fetched, Look look) {
        Task task = fetched.task();
        if (look.sight() == Look.Sight.UNANSWERED) {
            return fetched.broken() ? broken(fetched) : unanswered(fetched);
        }
        List<Video> fresh = look.reply().videos();
        if (fetched.broken()) {
            return broken(fetched, task.looks() + 1, fresh);
        }
        boolean first = task.videos().isEmpty() || !LINK_TROUBLE.contains(task.code());
        if (first && !fresh.isEmpty()) {
            return renewed(fetched, fresh);
        }
        if (fetched.outcome() == Outcome.UNSAFE) {
            return unsafe(fetched, fresh);
        }
        boolean evidence = fresh.isEmpty() || fetched.outcome() == Outcome.GONE;
        return evidence ? missing(fetched, fresh) : expired(fetched, fresh);
    }

    /** Says nothing about the video: what was known of it stands. */
    private String unanswered(Fetched fetched) {
        Task task = fetched.task();
        int failures = task.failures() + 1;
        Move move = Move.again(BACKOFF.after(failures)).failures(failures);
        if (!UNSAFE.equals(task.code())) {
            move.told(BROKEN, fetched.why(), task.requestId());
        }
        if (failures == Move.REPORTED_AFTER) {
            move.reported();
        }
        ledger.write(task, move);
        return "the download failed, trying again: " + fetched.why();
    }

    /** The first trouble with a link, or the first link: the fresh one is tried at once. */
    private String renewed(Fetched fetched, List<Video> fresh) {
        ledger.write(
                fetched.task(),
                later(fetched, fresh)
                        .due(Duration.ZERO)
                        .missingSince(null)
                        .told(EXPIRED, fetched.why(), fetched.task().requestId()));
        return fetched.why() + ", asked the provider for a fresh link";
    }

    /** It is paid, and the setting may be wrong: told once, and looked at ever more rarely. */
    private String unsafe(Fetched fetched, List<Video> fresh) {
        Task task = fetched.task();
        int failures = task.failures() + 1;
        int doublings = Math.min(Math.max(failures - 2, 0), UNSAFE_DOUBLINGS);
        Duration gap = UNSAFE_FIRST.multipliedBy(1L << doublings);
        Move move =
                Move.again(gap.compareTo(Ledger.LONGEST_WAIT) < 0 ? gap : Ledger.LONGEST_WAIT)
                        .failures(failures)
                        .looks(task.looks() + 1)
                        .videos(fresh);
        boolean told = isTold(task, UNSAFE, fetched.why());
        if (!told) {
            move.told(UNSAFE, fetched.why(), task.requestId()).reported();
        }
        ledger.write(task, move);
        return told ? null : "waits, its link is not safe: " + fetched.why();
    }

    /** A link is there, but not for us (403): no evidence that there is no video. */
    private String expired(Fetched fetched, List<Video> fresh) {
        Move move = later(fetched, fresh).told(EXPIRED, fetched.why(), fetched.task().requestId());
        ledger.write(fetched.task(), move);
        return fetched.why() + ", trying again";
    }

    /**
     * No link, or nothing at one that a look had brought: evidence that counts after a day of it.
     * It must come twice in a row then, since what lies between may have been an outage, and so
     * that the link which the first of these looks brought is tried.
     */
    private String missing(Fetched fetched, List<Video> fresh) {
        Task task = fetched.task();
        Long since = task.missingSince();
        boolean over = since != null && clock.millis() - since > EVIDENCE.toMillis();
        if (over && isTold(task, NO_VIDEO, ONCE_MORE)) {
            ledger.write(
                    task,
                    Move.to(TaskState.FAILED)
                            .told(NO_VIDEO, fetched.why(), task.requestId())
                            .reported());
            return "given up: the provider has shown no video for 24 h";
        }
        Move move =
                later(fetched, fresh)
                        .missingSince(since == null ? (Long) clock.millis() : since)
                        .told(NO_VIDEO, over ? ONCE_MORE : fetched.why(), task.requestId());
        ledger.write(task, move);
        return fetched.why() + ", trying again";
    }

    private static Move later(Fetched fetched, List<Video> fresh) {
        int failures = fetched.task().failures() + 1;
        Move move =
                Move.again(BACKOFF.after(failures))
                        .failures(failures)
                        .looks(fetched.task().looks() + 1)
                        .videos(fresh);
        return failures == Move.REPORTED_AFTER ? move.reported() : move;
    }
}
