package dev.klingroutes.provider;

import dev.klingroutes.Settings;
import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSpace;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a task once more of which nobody knows whether it was created: the same body under the same
 * id, which a provider that has it refuses (measured at Kling itself, README of aself101/kling-api,
 * 2026-09-22; nobody has measured the gateway, which is why it is off by default).
 */
public final class Resend {
    /** Until an account that is closed for now, or a provider that is full, is asked again. */
    static final Duration NOT_NOW = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger("kling");

    private final Ledger ledger;
    private final Gate gate;
    private final LedgerSpace space;
    private final CallbackAddress callbacks;
    private final boolean wanted;

    /** Reads {@code kling.submit.uncertain} and {@code kling.callback.url}. */
    public Resend(Ledger ledger, Gate gate, LedgerSpace space, Settings settings) {
        this.ledger = ledger;
        this.gate = gate;
        this.space = space;
        callbacks = new CallbackAddress(settings);
        wanted = settings.text("kling.submit.uncertain").equals("resend");
    }

    /** Whether the quick look-ups are used up, and it was not sent more than once. */
    public boolean due(Task task) {
        return wanted
                && task.state() == TaskState.UNCERTAIN
                && task.taskId() == null
                && task.times().resent() == null
                && !Verdict.EXISTS.word().equals(task.decision().verdict())
                && Lookup.quickOnesAreUsedUp(task);
    }

    /**
     * Writes SUBMITTING.
     *
     * @return the create call, or null if it must not be made now
     */
    public Call begin(Task task) {
        CallbackToken token = callbacks.token();
        Optional<Gate.Resent> resent = space.enough() ? gate.resend(task, token) : Optional.empty();
        if (resent.isEmpty()) {
            ledger.write(task, Move.again(NOT_NOW));
            return null;
        }
        LOG.info("{}  is sent once more under the same id", task.name());
        return Call.create(resent.get().task(), callbacks.sent(resent.get().body(), token));
    }
}
