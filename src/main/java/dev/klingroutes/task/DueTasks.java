package dev.klingroutes.task;

import dev.klingroutes.Rooms;
import dev.klingroutes.Settings;
import java.time.Clock;
import java.time.Duration;
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
    private final Rooms rooms;
    private final Clock clock;
    private final Duration tick;
    private long thawed;

    /** Reads {@code kling.clock.tick}: how often the ledger is asked when nothing was due. */
    public DueTasks(Ledger ledger, Gate gate, Rooms rooms, Settings settings, Clock clock) {
        this.ledger = ledger;
        this.gate = gate;
        this.rooms = rooms;
        tick = settings.duration("kling.clock.tick");
        this.clock = clock;
    }

    /**
     * Claims what is due. If nothing is, or the ledger cannot be asked, it returns after a tick, or
     * as soon as this process makes something due.
     */
    public List<Task> claim(Exchange exchange) {
        List<Task> due = new ArrayList<>();
        try {
            claim(exchange.getContext(), due);
            return due;
        } finally {
            if (due.isEmpty()) {
                ledger.bell().await(tick);
            }
        }
    }

    private void claim(CamelContext camel, List<Task> due) {
        long now = clock.millis();
        if (Math.abs(now - thawed) > THAW_EVERY_MILLIS) {
            thawed = now;
            ledger.thaw();
        }
        due.addAll(ledger.claim(TO_DOWNLOAD, room(camel, "video-download")));
        due.addAll(ledger.claim(TO_WATCH, room(camel, "task-watch")));
        int submit = room(camel, "task-submit");
        if (submit > 0) {
            int room = Math.min(submit, gate.room());
            due.addAll(
                    gate.pausing()
                            ? ledger.claimLeastTried(TaskState.ACCEPTED, room)
                            : ledger.claim(TO_SUBMIT, room));
        }
    }

    private int room(CamelContext camel, String room) {
        // who only sends to a queue makes it, too: one without workers is no room
        if (!rooms.runs(room)) {
            return 0;
        }
        SedaComponent seda = camel.getComponent("seda", SedaComponent.class);
        QueueReference queue = seda.getQueues().get("seda://kling-" + room + "-workers");
        return queue == null ? 0 : queue.getQueue().remainingCapacity();
    }
}
