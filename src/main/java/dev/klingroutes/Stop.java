package dev.klingroutes;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.main.Main;

/** How the application stops: what is in hand is finished, but not waited for without end. */
final class Stop {
    /** For what Camel stops after the routes; then the process ends whatever still hangs. */
    private static final int REST_SECONDS = 5;

    private Stop() {}

    static void configure(Settings settings, Main main) {
        main.configure().setShutdownTimeout(seconds(patience(settings)));
        main.configure().setExtraShutdownTimeout(REST_SECONDS);
    }

    /**
     * Runs it to its end, also while the process is told to go: Camel's own hook lets the process
     * go as soon as the context is stopped, and what follows would be a matter of luck.
     */
    static void run(Settings settings, Main main) throws Exception {
        long longest = seconds(patience(settings)) + (long) REST_SECONDS;
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook =
                new Thread(
                        () -> {
                            try {
                                ended.await(longest, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "kling-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            main.run();
        } finally {
            ended.countDown();
        }
    }

    /** Whether the patience may end before a create call that was begun does. */
    static boolean mayCutCreates(Settings settings) {
        return patience(settings).compareTo(settings.duration("kling.submit.deadline")) <= 0;
    }

    /** Camel counts whole seconds, and takes 0 for ever. */
    private static int seconds(Duration patience) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (patience.toMillis() + 999) / 1000));
    }

    private static Duration patience(Settings settings) {
        return settings.duration("kling.stop.patience");
    }
}
