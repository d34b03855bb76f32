package dev.klingroutes.task;

import dev.klingroutes.Rooms;
import dev.klingroutes.Settings;
import java.time.Clock;
import java.time.Duration;
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

    private static final String DOWNLOAD = "video-download";
    private static final String DOWNLOAD_WORKERS = "kling-task-clock-download";

    private static final List<String> WORKERS = List.of(DOWNLOAD, "task-watch", "task-submit");

    /** So short that workers do not run out of tasks, so long that it costs nothing. */
    private static final Duration FULL_FOR = Duration.ofMillis(5);

    private final Ledger ledger;
    private final Gate gate;
    private final LedgerSpace space;
    private final Rooms rooms;
    private final Clock clock;
    private final Duration tick;
    private long thawed;

    /** Reads {@code kling.clock.tick}: how often the ledger is asked when nothing was due. */
    public DueTasks(
            Ledger ledger,
            Gate gate,
            LedgerSpace space,
            Rooms rooms,
            Settings settings,
            Clock clock) {
        this.ledger = ledger;
        this.gate = gate;
        this.space = space;
        this.rooms = rooms;
        tick = settings.duration("kling.clock.tick");
        this.clock = clock;
    }

    /** Tasks that were claimed, by what is to be done with them. */
    public record Due(List<Task> downloads, List<Task> looks, List<Task> creates) {
        static final Due NOTHING = new Due(List.of(), List.of(), List.of());

        public boolean any() {
            return !(downloads.isEmpty() && looks.isEmpty() && creates.isEmpty());
        }
    }

    /**
     * Claims what is due. If nothing can be, or the ledger cannot be asked, it returns after a
     * tick; sooner if this process makes something due, or workers that had enough can take more.
     */
    public Due claim(Exchange exchange) {
        CamelContext camel = exchange.getContext();
        List<String> full =
                WORKERS.stream()
                        .filter(room -> rooms.runs(room) && room(camel, room) == 0)
                        .toList();
        Due due = Due.NOTHING;
        try {
            due = claim(camel);
            return due;
        } finally {
            if (!due.any()) {
                await(camel, full);
            }
        }
    }

    private Due claim(CamelContext camel) {
        long now = clock.millis();
        if (Math.abs(now - thawed) > THAW_EVERY_MILLIS) {
            thawed = now;
            ledger.thaw();
        }
        return new Due(
                ledger.claim(TO_DOWNLOAD, room(camel, DOWNLOAD)),
                ledger.claim(TO_WATCH, room(camel, "task-watch")),
                creates(room(camel, "task-submit")));
    }

    private List<Task> creates(int most) {
        // the gate counts what is at the provider, which takes long if that is much
        if (most == 0 || !ledger.isAnyAccepted() || !space.enough()) {
            return List.of();
        }
        int room = Math.min(most, gate.room());
        return gate.trying() ? ledger.claimLeastTried(room) : ledger.claim(TO_SUBMIT, room);
    }

    private void await(CamelContext camel, List<String> full) {
        long end = System.nanoTime() + tick.toNanos();
        boolean enough;
        do {
            enough =
                    ledger.bell().await(full.isEmpty() ? tick : FULL_FOR)
                            || full.stream().anyMatch(room -> room(camel, room) > 0);
        } while (!enough && System.nanoTime() < end);
    }

    private int room(CamelContext camel, String room) {
        // who only sends to a queue makes it, too: one without workers is no room
        if (!rooms.runs(room)) {
            return 0;
        }
        SedaComponent seda = camel.getComponent("seda", SedaComponent.class);
        QueueReference queue = seda.getQueues().get("seda://kling-" + room + "-workers");
        if (queue == null) {
            return 0;
        }
        int free = queue.getQueue().remainingCapacity();
        if (room.equals(DOWNLOAD)) {
            // a transfer takes as long as it takes, and a claim that waits behind it may be lost
            return Math.max(0, free - camel.getInflightRepository().size(DOWNLOAD_WORKERS));
        }
        // none before half of it is free: a claim of a few costs as much as one of many
        return free < queue.getQueue().size() ? 0 : free;
    }
}
