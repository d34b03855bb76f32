package dev.klingroutes;

import java.time.Duration;
import org.apache.camel.main.Main;

/** How the application stops: what is in hand is finished, but not waited for without end. */
final class Stop {
    /** For what Camel stops after the routes; then the process ends whatever still hangs. */
    private static final int REST_SECONDS = 5;

    private Stop() {}

    static void configure(SettingsCheck settings, Main main) {
        main.configure().setShutdownTimeout(seconds(patience(settings)));
        main.configure().setExtraShutdownTimeout(REST_SECONDS);
    }

    /** Whether the patience may end before a create call that was begun does. */
    static boolean mayCutCreates(SettingsCheck settings) {
        return patience(settings).compareTo(settings.settings().duration("kling.submit.deadline"))
                <= 0;
    }

    /** Camel counts whole seconds, and takes 0 for ever. */
    private static int seconds(Duration patience) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (patience.toMillis() + 999) / 1000));
    }

    private static Duration patience(SettingsCheck settings) {
        return settings.settings().duration("kling.stop.patience");
    }
}
