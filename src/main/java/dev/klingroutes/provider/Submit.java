package dev.klingroutes.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.task.Acceptance;
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
    private static final Logger ANSWERS = LoggerFactory.getLogger("kling.create");

    private static final Duration STORE_AGAIN = Duration.ofSeconds(1);
    private static final String BUDGET = "budget";

    /** The code of a task that waits because it was accepted for another address. */
    public static final String OTHER_ADDRESS = "other-address";

    private static final Duration OTHER_ADDRESS_AGAIN = Duration.ofMinutes(10);
    static final String NO_ANSWER = "no-answer";
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
    private final String address;

    /**
     * Reads {@code kling.watch.first-look}: from the create's answer to the first look, {@code
     * kling.api.url}, {@code kling.callback.url}, and {@code kling.budget.unit-price}.
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
        address = Acceptance.address(settings);
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
        if (!task.address().equals(address)) {
            elsewhere(task);
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
                return Call.create(answer.task(), callbacks.sent(exact, token));
            }
            case LATE -> {
                Task late = answer.task();
                ledger.insist(() -> ledger.writeAnyway(late, notCreated(late, LATER)));
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

    /** What was accepted for another address is never sent to this one, nor is this key to that. */
    private void elsewhere(Task task) {
        String why =
                "it was accepted for "
                        + task.address()
                        + " and is sent nowhere else; kling.api.url is "
                        + address
                        + " now. Set it back, or cancel this task and drop its prompt again";
        ledger.write(
                task, Move.again(OTHER_ADDRESS_AGAIN).told(OTHER_ADDRESS, why, null).reported());
        if (news.is(OTHER_ADDRESS)) {
            LOG.warn("{}  waits, and so do others like it: {}", task.name(), why);
        }
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
    public String answered(Call call, int httpStatus, byte[] body) {
        Task task = call.task();
        Reply reply = Reply.read(httpStatus, call.withoutSecret(body));
        Verdict verdict = of(task, reply);
        ANSWERS.debug("{}  {}: {}", task.name(), verdict.word(), reply.shown());
        return switch (verdict) {
            case CREATED -> created(task, reply);
            case REFUSED -> refused(task, reply);
            // the task first: whatever happens then, it is known that it was not created
            case LATER -> {
                write(task, notCreated(task, LATER), verdict, reply);
                atTheGate(gate::unproven);
                yield null;
            }
            case FULL -> {
                write(task, notCreated(task, LATER), verdict, reply);
                String open = open(ledger.insist(gate::full));
                yield open.isEmpty() ? null : open + "it has no place for this one yet";
            }
            case CLOSED -> {
                Move move = notCreated(task, LATER);
                // perhaps it is not the account, but something on the way that stops this one
                boolean told = task.failures() + 1 == Move.REPORTED_AFTER;
                write(task, told ? move.reported() : move, verdict, reply);
                yield closed(reply);
            }
            case EXISTS ->
                    story(
                            write(task, uncertain(), verdict, reply),
                            "was created already, it is looked up: " + reply.shown());
            case UNCLEAR -> unclear(task, reply);
        };
    }

    private static Verdict of(Task task, Reply reply) {
        return anothers(task, reply) ? Verdict.UNCLEAR : Verdict.of(reply);
    }

    /** A reply that was mixed up on its way: what it says is about somebody else's task. */
    private static boolean anothers(Task task, Reply reply) {
        return reply.externalTaskId() != null && !reply.externalTaskId().equals(task.externalId());
    }

    private String refused(Task task, Reply reply) {
        boolean again = task.times().resent() != null;
        Move move = again ? uncertain() : Move.to(TaskState.FAILED).notBought().reported();
        boolean written = write(task, move, Verdict.REFUSED, reply);
        atTheGate(gate::refused);
        return story(
                written,
                (again
                                ? "was sent once more and refused, what was sent before may have been"
                                        + " created: "
                                : "refused, nothing was bought: ")
                        + reply.shown());
    }

    private String unclear(Task task, Reply reply) {
        Move move = uncertain();
        boolean written =
                reply.named() && !anothers(task, reply)
                        ? paid(task, decided(move, Verdict.UNCLEAR, reply), reply.taskId())
                        : write(task, move, Verdict.UNCLEAR, reply);
        String story = story(written, "may have been created, is looked up: " + reply.shown());
        // what is sent there goes astray, one task after the other
        String advice = Closed.elsewhere(reply) ? closed(reply) : null;
        return advice == null ? story : (story == null ? "" : story + "; ") + advice;
    }

    /** Null if it is known already. */
    private String closed(Reply reply) {
        return ledger.insist(() -> gate.closed(reply.codeOrStatus(), reply.shown()))
                ? Closed.advice(reply)
                : null;
    }

    private void atTheGate(Runnable write) {
        ledger.insist(
                () -> {
                    write.run();
                    return null;
                });
    }

    private String created(Task task, Reply reply) {
        boolean failed = reply.status() == Reply.Status.FAILED;
        Move move =
                failed
                        ? bill.on(Move.to(TaskState.FAILED), reply).reported()
                        : Move.to(TaskState.SUBMITTED).due(firstLook).unreported(task);
        decided(move, Verdict.CREATED, reply);
        if (failed) {
            move.told(reply.code(), reply.reason(), reply.requestId());
        }
        boolean written = paid(task, move, reply.taskId());
        String story =
                failed
                        ? "failed at once: " + reply.reason()
                        : "submitted, the provider calls it " + reply.taskId();
        String open = open(ledger.insist(gate::created));
        return open.isEmpty() ? story(written, story) : open + story;
    }

    private static String open(boolean wasClosed) {
        return wasClosed ? "the account is open again; " : "";
    }

    /** Who lost the claim has nothing to tell. */
    private static String story(boolean written, String story) {
        return written ? story : null;
    }

    /** What was paid is stored, however long it takes; the worker buys nothing else meanwhile. */
    private boolean paid(Task task, Move move, String taskId) {
        for (boolean told = false; ; told = true) {
            try {
                boolean written = ledger.write(task, move.taskId(taskId));
                if (!written) {
                    ledger.learned(task, taskId);
                }
                return written;
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

    private boolean write(Task task, Move move, Verdict verdict, Reply reply) {
        Move decided = decided(move, verdict, reply);
        return ledger.insist(() -> ledger.writeAnyway(task, decided));
    }

    private static Move decided(Move move, Verdict verdict, Reply reply) {
        return move.told(reply.code(), reply.message(), reply.requestId())
                .decided(verdict.word(), reply.codeOrStatus(), reply.message(), reply.requestId());
    }

    /** The move of a create whose outcome nobody knows. */
    public static Move uncertain() {
        return Move.to(TaskState.UNCERTAIN).due(FIRST_LOOKUP).reported();
    }

    /** The same for one that was cut off: by the network, the deadline, or our own end. */
    public static Move unanswered(String message) {
        return uncertain().told(NO_ANSWER, message, null).decided(NO_ANSWER, null, message, null);
    }

    /**
     * The move of a create that certainly did not create. What was sent before it, if this was sent
     * once more, still may have.
     */
    public static Move notCreated(Task task, Backoff wait) {
        if (task.times().resent() != null) {
            return uncertain().notResent().failures(task.failures()).due(Resend.NOT_NOW);
        }
        int failures = task.failures() + 1;
        return Move.to(TaskState.ACCEPTED).notBought().failures(failures).due(wait.after(failures));
    }
}
