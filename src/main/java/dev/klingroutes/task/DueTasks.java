package dev.klingroutes.task;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.QueueReference;
import org.apache.camel.component.seda.SedaComponent;

/**
 * What the clock hands out: tasks whose time has come, of states whose rooms run here, and only as
 * many as their workers can take.
 */
public final class DueTasks {
    private static final Set<TaskState> TO_SUBMIT = EnumSet.of(TaskState.ACCEPTED);
    private static final Set<TaskState> TO_WATCH =
            EnumSet.of(
                    TaskState.SUBMITTED,
                    TaskState.OVERDUE,
                    TaskState.SUBMITTING,
                    TaskState.UNCERTAIN);
    private static final Set<TaskState> TO_DOWNLOAD = EnumSet.of(TaskState.SUCCEEDED);
    private static final long THAW_EVERY_MILLIS = 60_000;

    private final Ledger ledger;
    private final Gate gate;
    private final Clock clock;
    private long thawed;

    public DueTasks(Ledger ledger, Gate gate, Clock clock) {
        this.ledger = ledger;
        this.gate = gate;
        this.clock = clock;
    }

    /** Claims what is due. */
    public List<Task> claim(Exchange exchange) {
        long now = clock.millis();
        if (Math.abs(now - thawed) > THAW_EVERY_MILLIS) {
            thawed = now;
            ledger.thaw();
        }
        CamelContext camel = exchange.getContext();
        List<Task> due = new ArrayList<>();
        due.addAll(ledger.claim(TO_DOWNLOAD, room(camel, "kling-video-download-workers")));
        due.addAll(ledger.claim(TO_WATCH, room(camel, "kling-task-watch-workers")));
        int submit = room(camel, "kling-task-submit-workers");
        due.addAll(ledger.claim(TO_SUBMIT, submit == 0 ? 0 : Math.min(submit, gate.room())));
        return due;
    }

    private static int room(CamelContext camel, String workers) {
        SedaComponent seda = camel.getComponent("seda", SedaComponent.class);
        QueueReference queue = seda.getQueues().get("seda://" + workers);
        return queue == null ? 0 : queue.getQueue().remainingCapacity();
    }
}
