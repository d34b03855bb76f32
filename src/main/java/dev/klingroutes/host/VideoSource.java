package dev.klingroutes.host;

import dev.klingroutes.task.Backoff;
import dev.klingroutes.task.HandOvers;
import dev.klingroutes.task.HandOvers.HandOver;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands ended tasks to a host, video by video, and remembers that in the ledger once the host has
 * all of a task. What the host did not take is tried again with growing gaps; meanwhile others are
 * handed over.
 */
public final class VideoSource {
    private static final Logger LOG = LoggerFactory.getLogger("kling");

    /** In all half a day or more: a share that is away for a night is no share that was emptied. */
    private static final int TRIES_FOR_A_FILE = 32;

    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(10), Ledger.LONGEST_WAIT);

    private final HandOvers ledger;
    private final Path outbox;
    private final Semaphore room;
    private final Deque<Delivery> waiting = new ArrayDeque<>();
    private final Map<HandOver, InHand> inHand = new ConcurrentHashMap<>();

    /** How often in a row the files of a task were not there; a restart counts anew. */
    private final Map<String, Integer> missed = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    /** A claimed task until the ledger knows what became of it. */
    private static final class InHand {
        private int open;
        private boolean lost;
        private boolean stopped;
        private Throwable failure;

        InHand(int videos) {
            open = videos;
        }
    }

    /**
     * @param parallel videos in the host's hands at one time
     */
    public VideoSource(HandOvers ledger, Path outbox, int parallel) {
        this.ledger = ledger;
        this.outbox = outbox.toAbsolutePath();
        room = new Semaphore(parallel);
    }

    /**
     * Waits until the host has finished with one, if it has its hands full; false: it has still.
     */
    public boolean awaitRoom(Duration most) {
        try {
            if (room.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
                room.release();
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /**
     * What the host is to be given now, null: nothing. Every one that was given must be {@link
     * #finished}. For one caller at a time.
     *
     * @throws IOException if the outbox cannot be read
     */
    public Delivery next() throws IOException {
        if (stopping || !room.tryAcquire()) {
            return null;
        }
        Delivery next = null;
        try {
            next = waiting();
            return next;
        } finally {
            if (next == null) {
                room.release();
            }
        }
    }

    private Delivery waiting() throws IOException {
        while (!stopping) {
            synchronized (waiting) {
                if (!waiting.isEmpty()) {
                    return waiting.remove();
                }
            }
            Optional<HandOver> claimed = ledger.claim();
            if (claimed.isEmpty()) {
                return null;
            }
            begin(claimed.get());
        }
        return null;
    }

    private void begin(HandOver over) throws IOException {
        List<Delivery> all = new ArrayList<>();
        Task task = over.task();
        if (task.state() == TaskState.DELIVERED) {
            for (Video video : task.videos()) {
                Path file = file(task, video);
                if (file != null) {
                    all.add(new Delivery(over, video, file.toFile()));
                }
            }
        } else {
            all.add(new Delivery(over, null, null));
        }
        if (all.size() < task.videos().size() && task.state() == TaskState.DELIVERED) {
            int times = missed.merge(task.id(), 1, Integer::sum);
            if (times <= TRIES_FOR_A_FILE || !Files.isDirectory(outbox)) {
                ledger.failed(over, AGAIN.after(times));
                LOG.debug("{}  is not in {}", task.name(), outbox);
                return;
            }
            LOG.warn(
                    "{}  is no longer in {} as it was delivered: what is missing counts as handed"
                            + " over",
                    task.name(),
                    outbox);
        }
        missed.remove(task.id());
        if (all.isEmpty()) {
            ledger.done(over);
            return;
        }
        inHand.put(over, new InHand(all.size()));
        synchronized (waiting) {
            waiting.addAll(all);
        }
    }

    /** Null if it is not there as it was published, or is somebody's link to elsewhere. */
    private Path file(Task task, Video video) throws IOException {
        if (video.file() == null || video.size() == null) {
            return null;
        }
        Path file = outbox.resolve(task.folder()).resolve(video.file());
        boolean there =
                Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(file) == video.size()
                        && file.toRealPath().startsWith(outbox.toRealPath());
        return there ? file : null;
    }

    /**
     * The host has finished with it.
     *
     * @param failure why it did not take it; null: it has it
     * @param stopping whether the application stops: being stopped is not failing
     */
    public void finished(Delivery delivery, Throwable failure, boolean stopping) {
        room.release();
        ended(delivery, failure, failure != null && stopping);
    }

    private void ended(Delivery delivery, Throwable failure, boolean stopped) {
        InHand hand = inHand.get(delivery.over());
        synchronized (hand) {
            hand.open--;
            hand.stopped |= stopped;
            if (hand.failure == null) {
                hand.failure = failure;
            }
            if (hand.open == 0) {
                settle(delivery.over(), hand);
            }
        }
    }

    /** What cannot be written now stays in hand, and is written with the next renewal. */
    private void settle(HandOver over, InHand hand) {
        boolean written;
        try {
            written = written(over, hand);
        } catch (RuntimeException e) {
            LOG.warn(
                    "{}  was handed to the host, but the ledger cannot be written, which is tried"
                            + " again: {}",
                    over.task().name(),
                    e.getMessage());
            return;
        }
        inHand.remove(over);
        if (!written && !hand.lost) {
            LOG.warn("{}  may be handed over again: its claim was lost", over.task().name());
        }
    }

    private boolean written(HandOver over, InHand hand) {
        if (hand.stopped) {
            return ledger.release(over);
        }
        if (hand.failure == null) {
            return ledger.done(over);
        }
        Duration wait = AGAIN.after(over.tries() + 1);
        boolean written = ledger.failed(over, wait);
        if (written) {
            LOG.warn(
                    "{}  was not taken by the host, it will be tried again in {} s: {}",
                    over.task().name(),
                    wait.toSeconds(),
                    told(hand.failure));
        }
        return written;
    }

    private static String told(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** Holds the claims on what the host still has; due every third of {@link Ledger#lease}. */
    public void renew() {
        inHand.forEach(this::renew);
    }

    private void renew(HandOver over, InHand hand) {
        synchronized (hand) {
            if (inHand.get(over) != hand) {
                return;
            }
            if (hand.open == 0) {
                settle(over, hand);
                return;
            }
            try {
                if (!hand.lost && !ledger.renew(over)) {
                    hand.lost = true;
                    LOG.warn(
                            "{}  may be handed over twice: its claim was lost while the host had it",
                            over.task().name());
                }
            } catch (RuntimeException e) {
                LOG.warn(
                        "{}  is with the host, but its claim cannot be held now: {}",
                        over.task().name(),
                        e.getMessage());
            }
        }
    }

    /** Begins nothing more, and gives back what was not begun. */
    public void stop() {
        stopping = true;
        List<Delivery> left;
        synchronized (waiting) {
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(delivery -> ended(delivery, null, true));
    }
}
