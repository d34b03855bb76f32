package dev.klingroutes.provider;

import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.time.Duration;

/**
 * Looks a task up by our own id when nobody knows whether it was created. "Not found" never proves
 * that it was not.
 */
public final class Lookup {
    /** What a look-up proves. */
    public enum Proof {
        /** It is there and bears our id. */
        OURS,
        /** Something is there, but it does not say whose it is. */
        UNNAMED,
        NOTHING
    }

    /**
     * What was found.
     *
     * @param said what it was asked for by, if a callback said so; null if by an id of ours
     */
    public record Found(Proof proof, Reply reply, String said) {
        public boolean ours() {
            return proof == Proof.OURS;
        }

        public boolean unnamed() {
            return proof == Proof.UNNAMED;
        }
    }

    private static final int QUICK_LOOKUPS = 6;
    private static final String CUT_OFF = "the create call was cut off";

    private final Ledger ledger;
    private final Hearsay hearsay;

    public Lookup(Ledger ledger) {
        this.ledger = ledger;
        hearsay = new Hearsay(new Callbacks(ledger));
    }

    /**
     * By our id, and by the provider's in turn if somebody named one, who may be wrong; or by what
     * a callback calls it, in turn as well if that was not answered.
     */
    public Call call(Task task) {
        if (task.taskId() != null) {
            return task.failures() % 2 == 1 ? Call.lookup(task) : Call.look(task);
        }
        return hearsay.of(task)
                .map(said -> Call.look(task, said))
                .orElseGet(() -> Call.lookup(task));
    }

    /** The question whether a task that cannot exist is found as well. */
    public Call control(Task task) {
        return Call.control(task);
    }

    /**
     * What the answer proves, as the answer to what was asked: a callback may have come since.
     *
     * @param call that was answered
     */
    public Found found(Call call, int httpStatus, byte[] body) {
        Reply reply = Reply.read(httpStatus, body);
        return new Found(proof(call, reply), reply, call.said());
    }

    private Proof proof(Call call, Reply reply) {
        Task task = call.task();
        if (!reply.good() || reply.taskId() == null || reply.status() == null) {
            return Proof.NOTHING;
        }
        if (reply.externalTaskId() != null) {
            return reply.externalTaskId().equals(task.externalId()) ? Proof.OURS : Proof.NOTHING;
        }
        if (call.said() != null) {
            return hearsay.spokenOf(task, call.said(), reply) ? Proof.UNNAMED : Proof.NOTHING;
        }
        return reply.taskId().equals(task.taskId()) ? Proof.OURS : Proof.UNNAMED;
    }

    /**
     * An unnamed task is ours if the provider does not find one that was never sent. That it says
     * something else, such as that the key is wrong, proves nothing.
     */
    public Found controlled(Found found, int httpStatus, byte[] body) {
        Reply control = Reply.read(httpStatus, body);
        boolean notFound =
                control.good()
                        ? control.taskId() == null
                        : control.readable() && (httpStatus == 400 || httpStatus == 404);
        return new Found(notFound ? Proof.OURS : Proof.NOTHING, found.reply(), found.said());
    }

    /** It exists and is ours: watch it. */
    public String adopt(Task task, Found found) {
        Move move =
                Move.to(TaskState.SUBMITTED)
                        .taskId(found.reply().taskId())
                        .told(
                                found.reply().code(),
                                found.reply().message(),
                                found.reply().requestId())
                        .unreported(task);
        if (task.state() == TaskState.SUBMITTING) {
            move.decided(Submit.NO_ANSWER, null, CUT_OFF, null);
        }
        if (!ledger.write(task, move)) {
            ledger.learned(task, found.reply().taskId());
            return null;
        }
        return "was created after all, the provider calls it " + found.reply().taskId();
    }

    /** Nothing proven: UNCERTAIN, looked up again ever more rarely. */
    public String park(Task task, Found found) {
        boolean refuted =
                found.said() != null && hearsay.unconfirmed(task, found.said(), found.reply());
        if (task.state() == TaskState.SUBMITTING) {
            String message = CUT_OFF + "; looked up by our id: " + found.reply().shown();
            return ledger.write(task, Submit.unanswered(message))
                    ? "may have been created, is looked up: see its error file"
                    : null;
        }
        if (refuted) {
            ledger.write(task, Move.again(Duration.ZERO));
            return null;
        }
        int lookups = task.failures() + 1;
        ledger.write(task, Move.again(gap(lookups)).failures(lookups));
        return null;
    }

    /** After about two minutes; sooner if the provider could not be reached. */
    static boolean quickOnesAreUsedUp(Task task) {
        return task.failures() + 1 >= QUICK_LOOKUPS;
    }

    private static Duration gap(int lookups) {
        return lookups < QUICK_LOOKUPS ? Duration.ofSeconds(2L << lookups) : Ledger.LONGEST_WAIT;
    }
}
