package dev.klingroutes.provider;

import dev.klingroutes.Settings;
import dev.klingroutes.task.Callbacks;
import dev.klingroutes.task.Task;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Do callbacks arrive? As long as they do, looks may be rarer; if three tasks in a row end without
 * any, they are as frequent as ever until one comes.
 */
public final class CallbackArrivals {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final int SILENT_IN_A_ROW = 3;

    private final Callbacks callbacks;
    private final boolean asked;
    private final String address;
    private final Duration every;
    private final Duration rarely;
    private int silent;
    private volatile boolean missing;

    /**
     * Reads {@code kling.callback.url}, {@code kling.watch.every} and {@code
     * kling.watch.every-with-callback}.
     */
    public CallbackArrivals(Callbacks callbacks, Settings settings) {
        this.callbacks = callbacks;
        CallbackAddress door = new CallbackAddress(settings);
        asked = door.isSet();
        address = door.shown();
        every = settings.duration("kling.watch.every");
        Duration withCallback = settings.duration("kling.watch.every-with-callback");
        rarely = withCallback.compareTo(every) > 0 ? withCallback : every;
    }

    /** The wait between two looks. */
    Duration gap() {
        return asked && !missing ? rarely : every;
    }

    /** A callback came. */
    synchronized void heard() {
        silent = 0;
        if (missing) {
            missing = false;
            LOG.info("callbacks arrive; looks are rarer again");
        }
    }

    /** A look saw that a task has ended. */
    void ended(Task task) {
        if (!asked) {
            return;
        }
        switch (callbacks.sound(task)) {
            case HEARD -> heard();
            case SILENT -> silent();
            case NOT_ASKED -> {}
        }
    }

    private synchronized void silent() {
        silent++;
        if (silent >= SILENT_IN_A_ROW && !missing) {
            missing = true;
            LOG.warn(
                    "callbacks do not arrive: {} tasks in a row ended without one; looks are as"
                            + " frequent as without them. Is {} reached from outside?",
                    silent,
                    address);
        }
    }
}
