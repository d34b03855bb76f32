package dev.klingroutes.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.task.Backoff;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSpace;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Buys a task: what is written before the create call, and what its answer means. */
public final class Submit {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final Duration STORE_AGAIN = Duration.ofSeconds(1);
    private static final String BUDGET = "budget";
    private static final Duration FIRST_LOOKUP = Duration.ofSeconds(2);
    private static final Backoff LATER = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final Ledger ledger;
    private final Gate gate;
    private final LedgerSpace space;
    private final Models models;
    private final FolderBudgets budgets;
    private final News news;
    private final Bill bill;
    private final CallbackAddress callbacks;
    private final Duration firstLook;

    /**
     * Reads {@code kling.watch.first-look}: from the create's answer to the first look, {@code
     * kling.callback.url}, and {@code kling.budget.unit-price}.
     */
    public Submit(
            Ledger ledger,
            Gate gate,
            LedgerSpace space,
            Models models,
            FolderBudgets budgets,
            Settings settings,
            News news) {
        this.ledger = ledger;
        this.gate = gate;
        this.space = space;
        this.models = models;
        this.budgets = budgets;
        this.news = news;
        bill = new Bill(settings);
        callbacks = new CallbackAddress(settings);
        firstLook = settings.duration("kling.watch.first-look");
    }

    /**
     * Writes SUBMITTING with the exact body, but for the secret address of its callbacks.
     *
     * @return the one create call, or null if the task must not be sent now
     */
    public Call begin(Task task) {
        if (!space.enough()) {
            ledger.write(task, Move.again(LATER.after(Integer.MAX_VALUE)));
            return null;
        }
        ObjectNode body = Json.parse(task.request());
        body.put("external_task_id", task.externalId());
        String exact = body.toString();
        Map<String, Dollars> folders;
        try {
            folders = budgets.of(task.folder());
        } catch (IOException e) {
            spent(task, LATER.longest(), e.getMessage());
            return null;
        }
        Dollars estimate = models.price(task.kind(), Json.map(task.request())).orElse(null);
        CallbackToken token = callbacks.token();
        Gate.Answer answer = gate.pass(task, exact, estimate, folders, token);
        switch (answer.kind()) {
            case GO -> {
                return Call.create(task.in(TaskState.SUBMITTING), callbacks.sent(exact, token));
            }
            case FULL, CLOSED -> ledger.write(task, Move.again(answer.later()));
            case SPENT -> spent(task, answer.later(), answer.why());
            case NEVER -> {
                ledger.write(
                        task,
                        Move.to(TaskState.FAILED).told(BUDGET, answer.why(), null).reported());
                LOG.warn("{}  refused, nothing was bought: {}", task.name(), answer.why());
            }
            case LOST -> {}
        }
        return null;
    }

    private void spent(Task task, Duration wait, String why) {
        ledger.write(task, Move.again(wait).told(BUDGET, why, null));
        if (news.is(BUDGET)) {
            LOG.warn("{}  waits, and so does what else would pass it: {}", task.name(), why);
        }
    }

    /**
     * Writes what the answer says.
     *
     * @return what happened, for people; null if there is nothing to tell
     */
    public String answered(Task task, int httpStatus, byte[] body) {
        Reply reply = Reply.read(httpStatus, body);
        Verdict verdict = Verdict.of(reply);
        return switch (verdict) {
            case CREATED -> created(task, reply);
            case REFUSED -> {
                ledger.write(task, told(Move.to(TaskState.FAILED), reply).notBought().reported());
                yield "refused, nothing was bought: " + reply.shown();
            }
            case UNCLEAR -> {
                ledger.write(task, told(uncertain(), reply));
                yield "may have been created, will not be sent again: " + reply.shown();
            }
            case FULL -> {
                gate.full();
                yield later(task, reply, null);
            }
            case LATER -> later(task, reply, null);
            case CLOSED ->
                    later(
                            task,
                            reply,
                            gate.closed(closedCode(reply), reply.shown())
                                    ? Closed.advice(reply)
                                    : null);
        };
    }

    private String created(Task task, Reply reply) {
        if (reply.status() == Reply.Status.FAILED) {
            ledger.learned(task, reply.taskId());
            ledger.write(
                    task,
                    bill.on(Move.to(TaskState.FAILED), reply)
                            .told(reply.code(), reply.reason(), reply.requestId())
                            .reported());
            gate.created();
            return "failed at once: " + reply.reason();
        }
        Move submitted =
                told(Move.to(TaskState.SUBMITTED), reply)
                        .taskId(reply.taskId())
                        .due(firstLook)
                        .unreported(task);
        keepTrying(
                () -> {
                    if (!ledger.write(task, submitted)) {
                        ledger.learned(task, reply.taskId());
                    }
                },
                task,
                reply.taskId());
        return (gate.created() ? "the account is open again; " : "")
                + "submitted, the provider calls it "
                + reply.taskId();
    }

    /** What was paid is stored, however long it takes; the worker buys nothing else meanwhile. */
    private static void keepTrying(Runnable store, Task task, String taskId) {
        for (boolean told = false; ; told = true) {
            try {
                store.run();
                return;
            } catch (JdbiException e) {
                if (!told) {
                    LOG.error(
                            "{}  was created and cannot be stored, trying on: external_task_id {}, task_id {}: {}",
                            task.name(),
                            task.externalId(),
                            taskId,
                            e.getMessage());
                }
                LockSupport.parkNanos(STORE_AGAIN.toNanos());
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    private String later(Task task, Reply reply, String story) {
        int failures = task.failures() + 1;
        ledger.write(
                task,
                told(Move.to(TaskState.ACCEPTED), reply)
                        .notBought()
                        .failures(failures)
                        .due(LATER.after(failures)));
        return story;
    }

    /** The move of a create whose outcome nobody knows. */
    public static Move uncertain() {
        return Move.to(TaskState.UNCERTAIN).due(FIRST_LOOKUP).reported();
    }

    private static Move told(Move move, Reply reply) {
        return move.told(reply.code(), reply.message(), reply.requestId());
    }

    private static String closedCode(Reply reply) {
        return reply.code() == null || reply.code().isBlank()
                ? "HTTP " + reply.httpStatus()
                : reply.code();
    }
}
