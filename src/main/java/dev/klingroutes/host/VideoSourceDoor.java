package dev.klingroutes.host;

import dev.klingroutes.Settings;
import dev.klingroutes.task.HandOvers;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.TaskState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kamelet {@code kling-video-source} calls: exchanges out of what there is to hand over.
 */
public final class VideoSourceDoor implements CamelContextAware {
    static final String NO_ROOMS =
            "kling-video-source needs the rooms of Kling Routes, and they are not loaded: set"
                    + " camel.main.routes-include-pattern=classpath:kling/routes/*.camel.yaml"
                    + " (or add these files to yours)";

    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final String FAILURE = "KlingHandOverFailure";
    private static final Set<TaskState> DELIVERED = EnumSet.of(TaskState.DELIVERED);
    private static final Duration ROOM = Duration.ofMillis(500);

    private CamelContext camel;
    private String ends = "delivered";
    private String folder = "";
    private int parallel = 1;
    private VideoSource source;
    private ScheduledExecutorService renewals;
    private boolean dry;
    private boolean troubled;

    @Override
    public void setCamelContext(CamelContext camelContext) {
        camel = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    /** {@code delivered}, or {@code all} for tasks that failed or were cancelled, too. */
    public void setEnds(String ends) {
        this.ends = ends;
    }

    /** Only tasks of this sub-folder and below; empty for all. */
    public void setFolder(String folder) {
        this.folder = folder;
    }

    /** Videos in the host's hands at one time. */
    public void setParallel(int parallel) {
        this.parallel = parallel;
    }

    /** Finds the rooms; opens nothing. */
    public void init() {
        Ledger ledger = camel.getRegistry().lookupByNameAndType("klingLedger", Ledger.class);
        Settings settings =
                camel.getRegistry().lookupByNameAndType("klingSettings", Settings.class);
        if (ledger == null || settings == null) {
            throw new IllegalStateException(NO_ROOMS);
        }
        if (parallel < 1) {
            throw new IllegalArgumentException(
                    "parallel is " + parallel + ": it must be 1 or more");
        }
        dry = settings.dryRun();
        Path outbox = settings.folder("kling.outbox.dir");
        String below = folder.strip().replaceAll("^/+|/+$", "");
        source = new VideoSource(new HandOvers(ledger, states(), below), outbox, parallel);
    }

    private Set<TaskState> states() {
        return switch (ends) {
            case "delivered" -> DELIVERED;
            case "all" -> TaskState.ENDS;
            default ->
                    throw new IllegalArgumentException(
                            "ends is \"" + ends + "\": it must be delivered or all");
        };
    }

    /** Makes the exchange carry what is to be handed over now; or nothing, then it says so. */
    public void take(Exchange exchange) {
        if (!source.awaitRoom(ROOM)) {
            return;
        }
        Delivery next = next();
        if (next == null) {
            exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
            return;
        }
        exchange.getExchangeExtension()
                .addOnCompletion(
                        new SynchronizationAdapter() {
                            @Override
                            public void onDone(Exchange done) {
                                source.finished(next, failure(done), camel.isStopping());
                            }
                        });
        exchange.getMessage().setBody(next.file());
        exchange.getMessage().setHeaders(next.headers());
    }

    private Delivery next() {
        if (dry) {
            return null;
        }
        try {
            hold();
            Delivery next = source.next();
            troubled = false;
            return next;
        } catch (IOException | RuntimeException e) {
            if (!troubled) {
                LOG.warn(
                        "trouble with kling-video-source, it will be tried again: {}",
                        e.toString());
            }
            LOG.debug("kling-video-source", e);
            troubled = true;
            return null;
        }
    }

    /**
     * Claims are held by a thread of their own: the others may be busy for as long as they like.
     */
    private void hold() {
        if (renewals == null) {
            renewals =
                    camel.getExecutorServiceManager()
                            .newSingleThreadScheduledExecutor(this, "kling-video-source-claims");
            long third = lease().toMillis() / 3;
            renewals.scheduleWithFixedDelay(source::renew, third, third, TimeUnit.MILLISECONDS);
        }
    }

    private Duration lease() {
        return camel.getRegistry().lookupByNameAndType("klingLedger", Ledger.class).lease();
    }

    /** The host's route failed; remembered here, because the kamelet catches it. */
    public void failed(Exchange exchange) {
        exchange.setProperty(FAILURE, exchange.getProperty(Exchange.EXCEPTION_CAUGHT));
    }

    private static Throwable failure(Exchange done) {
        Throwable failure = done.getException();
        if (failure == null) {
            failure = done.getProperty(FAILURE, Throwable.class);
        }
        if (failure == null && (done.isRollbackOnly() || done.isRollbackOnlyLast())) {
            failure = new RollbackExchangeException("the host marked it for rollback", done);
        }
        while (failure instanceof RuntimeCamelException && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    /** Ends with its route. */
    public void close() {
        if (source != null) {
            source.stop();
        }
        if (renewals != null) {
            camel.getExecutorServiceManager().shutdownNow(renewals);
            renewals = null;
        }
    }
}
