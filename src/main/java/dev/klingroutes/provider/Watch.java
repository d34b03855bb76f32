package dev.klingroutes.provider;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Backoff;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at tasks: reads what was seen and writes when to look again, or that the task has ended.
 */
public final class Watch {
    /** Short, so that all go on soon when the provider is back; a look costs nothing. */
    private static final Duration UNANSWERED = Duration.ofMinutes(1);

    private static final Duration OVERDUE_FOR = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger("kling");

    private final Ledger ledger;
    private final Duration every;
    private final Duration patience;
    private final Backoff backoff;

    /** Of 30 days are, as of our patience, also the looks: half of those that they give. */
    private final long enough;

    private final Bill bill;
    private final News news;
    private final Clock clock;
    private final CallbackArrivals arrivals;

    /**
     * Reads {@code kling.watch.every}, {@code kling.watch.patience} and {@code
     * kling.budget.unit-price}.
     */
    public Watch(
            Ledger ledger, Settings settings, News news, Clock clock, CallbackArrivals arrivals) {
        this.ledger = ledger;
        every = settings.duration("kling.watch.every");
        patience = settings.duration("kling.watch.patience");
        enough = patience.dividedBy(every) + OVERDUE_FOR.dividedBy(Ledger.LONGEST_WAIT) / 2;
        backoff = new Backoff(every, every.compareTo(UNANSWERED) > 0 ? every : UNANSWERED);
        bill = new Bill(settings);
        this.news = news;
        this.clock = clock;
        this.arrivals = arrivals;
    }

    public Call call(Task task) {
        return Call.look(task);
    }

    /** Reads an answered look. */
    public Look look(Task task, int httpStatus, byte[] body) {
        Reply reply = Reply.read(httpStatus, body);
        boolean ours =
                reply.externalTaskId() == null
                        ? reply.taskId() == null || reply.taskId().equals(task.taskId())
                        : reply.externalTaskId().equals(task.externalId());
        return Look.of(reply, ours);
    }

    /** Not finished: due again after the wait, or overdue when patience is used up. */
    public String again(Task task, Look look) {
        answered();
        Duration age = age(task);
        String going =
                (look.reply().status() == Reply.Status.UNKNOWN
                                ? "\"" + look.reply().statusWord() + "\""
                                : "rendering")
                        + ", "
                        + age.toSeconds()
                        + " s";
        if (patient(task, age)) {
            Duration gap = arrivals.gap();
            Move move =
                    task.state() == TaskState.OVERDUE
                            ? Move.to(TaskState.SUBMITTED).due(gap)
                            : Move.again(gap).rhythmically();
            ledger.write(task, move.failures(0).looks(task.looks() + 1).unreported(task));
            return going;
        }
        if (task.state() == TaskState.SUBMITTED) {
            if (ledger.write(
                    task,
                    Move.to(TaskState.OVERDUE).due(every).looks(task.looks() + 1).reported())) {
                LOG.warn("{}  {}: overdue, looked at more rarely from now on", task.name(), going);
            }
            return going;
        }
        ledger.write(task, overdue(task, age).failures(0).looks(task.looks() + 1));
        return going;
    }

    /**
     * A clock that jumped, or a night that this machine slept, uses up nobody's patience: of that
     * are also the looks, of which there are many by then.
     */
    private boolean patient(Task task, Duration age) {
        if (age.compareTo(patience) <= 0) {
            return true;
        }
        Duration gap = arrivals.gap().compareTo(UNANSWERED) > 0 ? arrivals.gap() : UNANSWERED;
        return task.state() == TaskState.SUBMITTED
                && task.looks() + 1 < patience.dividedBy(gap.multipliedBy(2));
    }

    private Move overdue(Task task, Duration age) {
        Duration over = age.minus(patience);
        if (over.compareTo(OVERDUE_FOR) > 0 && task.looks() + 1 >= enough) {
            return Move.again(Duration.ZERO).never();
        }
        Duration gap = over.dividedBy(10);
        if (gap.compareTo(every) < 0) {
            gap = every;
        }
        return Move.again(gap.compareTo(Ledger.LONGEST_WAIT) < 0 ? gap : Ledger.LONGEST_WAIT);
    }

    /** The provider has the video: the clock hands it to the download. */
    public String succeeded(Task task, Look look) {
        answered();
        Reply reply = look.reply();
        ledger.write(
                task,
                bill.on(Move.to(TaskState.SUCCEEDED), reply)
                        .told(reply.code(), reply.message(), reply.requestId())
                        .looks(task.looks() + 1)
                        .videos(reply.videos())
                        .unreported(task));
        arrivals.ended(task);
        return "rendered after " + age(task).toSeconds() + " s";
    }

    /** The provider says that it failed, and why. */
    public String failed(Task task, Look look) {
        answered();
        Reply reply = look.reply();
        ledger.write(
                task,
                bill.on(Move.to(TaskState.FAILED), reply)
                        .told(reply.code(), reply.reason(), reply.requestId())
                        .looks(task.looks() + 1)
                        .reported());
        arrivals.ended(task);
        return "failed at the provider: " + reply.reason();
    }

    /** No good answer: says nothing about the task, which is looked at again a little later. */
    public String unanswered(Task task, Look look) {
        int failures = task.failures() + 1;
        Duration age = age(task);
        Move move =
                task.state() == TaskState.OVERDUE && age.compareTo(patience) > 0
                        ? overdue(task, age)
                        : Move.again(backoff.after(failures));
        move.failures(failures).looks(task.looks() + 1);
        if (failures == Move.REPORTED_AFTER) {
            Reply reply = look.reply();
            move.told(reply.code(), reply.shown(), reply.requestId()).reported();
        }
        ledger.write(task, move);
        return news.is(News.PROVIDER)
                ? "a look was not answered, looking again: " + look.reply().shown()
                : null;
    }

    private Duration age(Task task) {
        return Duration.ofMillis(Math.max(0, clock.millis() - task.times().submitted()));
    }

    private void answered() {
        if (news.over(News.PROVIDER)) {
            LOG.info("the provider answers again");
        }
    }
}
