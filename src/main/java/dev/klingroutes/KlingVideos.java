package dev.klingroutes;

import dev.klingroutes.prompt.PromptReader;
import dev.klingroutes.prompt.PromptRefused;
import dev.klingroutes.prompt.Submission;
import dev.klingroutes.task.Acceptance;
import dev.klingroutes.task.ByHand;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.NotPossible;
import dev.klingroutes.task.Task;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;

/**
 * Videos for an application, without routes or folders to drop into: the bean {@code klingVideos}.
 *
 * <pre>{@code
 * KlingVideos videos = KlingVideos.of(camel);
 * String id = videos.submit("order-17", Map.of("prompt", "a cat plays the piano"));
 * videos.await(id).thenAccept(task -> System.out.println(task.state() + " " + task.videos()));
 * }</pre>
 *
 * <p>Safe for many threads. The first use opens the ledger and brings its tables up to date if
 * nothing did so before; every method throws {@link CannotStart}, saying why, if that fails, and
 * IllegalStateException after the context stopped. Only {@link #await} throws neither: its future
 * ends with them.
 */
public final class KlingVideos {
    /** Its name in Camel's registry. */
    public static final String BEAN = "klingVideos";

    private final Submission submission;
    private final Listing listing;
    private final ByHand hand;
    private final Waiters waiters;
    private final Path outbox;
    private final boolean dryRun;
    private volatile boolean closed;

    /**
     * For the rooms, which make one; others ask {@link #of}. Reads {@code kling.outbox.dir}, {@code
     * kling.clock.tick} and {@code kling.dry-run}.
     */
    public KlingVideos(
            Ledger ledger, PromptReader reader, Acceptance acceptance, Settings settings) {
        submission = new Submission(reader, acceptance, settings);
        listing = new Listing(ledger);
        hand = new ByHand(ledger);
        outbox = settings.folder("kling.outbox.dir");
        waiters =
                new Waiters(
                        ids -> ledger.ended(ids).stream().map(this::shown).toList(),
                        settings.duration("kling.clock.tick"));
        dryRun = settings.dryRun();
    }

    /**
     * The one of a context whose rooms are loaded. Ask for it when you use it, not while the
     * context is being made.
     *
     * @throws IllegalStateException if the rooms are not loaded, saying how to load them
     */
    public static KlingVideos of(CamelContext camel) {
        KlingVideos videos = camel.getRegistry().lookupByNameAndType(BEAN, KlingVideos.class);
        if (videos == null) {
            throw new IllegalStateException(
                    "The rooms of Kling Routes are not loaded in the Camel context "
                            + camel.getName()
                            + ". Load them with the setting"
                            + " camel.main.routes-include-pattern=classpath:kling/routes/*.camel.yaml"
                            + ", beside your own routes, separated by a comma.");
        }
        return videos;
    }

    /**
     * Accepts a prompt: when this returns it is in the ledger, and will be bought, also after a
     * crash. A call that is repeated buys another video; give a key if yours may be repeated.
     *
     * @param prompt the provider's own field names and JSON's values (text, numbers, booleans,
     *     lists, maps), for instance {@code prompt}, {@code duration} in seconds, {@code mode},
     *     {@code aspect_ratio}; and {@code name}, what its files are to be called
     * @return our id of the task
     * @throws PromptRefused if anything in it is wrong, everything at once: nothing was accepted
     * @throws IllegalStateException in a dry run
     */
    public String submit(Map<String, ?> prompt) throws PromptRefused {
        return submit(null, "", prompt);
    }

    /**
     * The same once for each key: a repeated call finds the task of the first and buys nothing,
     * also after a restart, from another node, or at the same moment. The first prompt holds; the
     * one of a repeated call is not looked at. A task that failed is found, too: retry it by hand,
     * or use another key.
     *
     * @param taskKey whatever tells your orders apart, such as an order number; any length. Its
     *     files are called so if files can be and the prompt has no {@code name}
     * @throws IllegalArgumentException if the key is null or blank
     */
    public String submit(String taskKey, Map<String, ?> prompt) throws PromptRefused {
        if (taskKey == null) {
            throw noKey();
        }
        return submit(taskKey, "", prompt);
    }

    /**
     * The same into a sub-folder of the outbox. A budget that {@code inbox/<folder>/_defaults.yaml}
     * sets holds for it, other defaults there do not.
     *
     * @param taskKey null for none: then every call is another order
     * @param folder made when it is needed, with '/' between names, "" or null for none
     * @throws PromptRefused also if a name in the folder begins with a dot, or is blank, too long
     *     or none that a folder can have
     */
    public String submit(String taskKey, String folder, Map<String, ?> prompt)
            throws PromptRefused {
        if (taskKey != null && taskKey.isBlank()) {
            throw noKey();
        }
        Objects.requireNonNull(prompt, "prompt");
        checkOpen();
        if (dryRun) {
            throw new IllegalStateException(
                    "This is a dry run (kling.dry-run): nothing is accepted, nothing is bought.");
        }
        return submission.accept(taskKey, folder == null ? "" : folder, prompt);
    }

    private static IllegalArgumentException noKey() {
        return new IllegalArgumentException(
                "The task key is blank: two orders with it would be one. Give a key, or submit"
                        + " without one.");
    }

    /**
     * The task as it is now; empty if there is none.
     *
     * @param id our id or at least four characters of its beginning, the provider's task_id, the
     *     external_task_id, or the task's name with its folder
     * @throws IllegalArgumentException if it may be any of several, naming them
     */
    public Optional<KlingTask> find(String id) {
        Objects.requireNonNull(id, "id");
        checkOpen();
        try {
            return listing.find(id).map(line -> shown(line.task()));
        } catch (NotPossible e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Completes with the task when it is DELIVERED, FAILED or CANCELLED: an end is a value, look at
     * its state. It is noticed within some {@code kling.clock.tick}; with more than 1,000 tasks
     * awaited, within one for each 1,000. A waiting future costs some bytes and no thread; cancel
     * it, or give it a time limit, and it is forgotten while the task goes on. Slow work belongs on
     * an executor of yours ({@code thenAcceptAsync}).
     *
     * @param id as for {@link #find}
     * @return completed exceptionally at once with {@link NotPossible} if there is no such task or
     *     more than one; with IllegalStateException when the context stops, which the task survives
     */
    public CompletableFuture<KlingTask> await(String id) {
        Objects.requireNonNull(id, "id");
        try {
            checkOpen();
            Task task = listing.one(id).task();
            return task.state().ended()
                    ? CompletableFuture.completedFuture(shown(task))
                    : waiters.add(task.id());
        } catch (NotPossible | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Gives a task up. The provider has no cancel: what was sent may be rendered and charged.
     *
     * @param id as for {@link #find}
     * @return what happened and what it may still cost, for people
     * @throws NotPossible if there is no such task or more than one, or it was delivered or
     *     cancelled, or moved on meanwhile
     */
    public String cancel(String id) throws NotPossible {
        Objects.requireNonNull(id, "id");
        checkOpen();
        return hand.cancel(listing.one(id).task());
    }

    private KlingTask shown(Task task) {
        return KlingTask.of(task, outbox);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "Kling Routes was stopped with its Camel context: ask the one that runs now"
                            + " (KlingVideos.of).");
        }
    }

    /** For Camel, when its context stops. */
    public void close() {
        closed = true;
        waiters.close();
    }
}
