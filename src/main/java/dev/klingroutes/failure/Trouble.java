package dev.klingroutes.failure;

import dev.klingroutes.provider.NotSent;
import dev.klingroutes.provider.Submit;
import dev.klingroutes.task.Backoff;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.News;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.RuntimeCamelException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an exception does to a task: nearly nothing. It stays where it is and is tried again; only a
 * create that was cut off becomes UNCERTAIN, and one that was certainly not sent goes back.
 */
public final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger("kling");
    private static final Backoff NETWORK =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** Of this machine, or of nobody knows whom: a person mends it and should not have to wait. */
    private static final Backoff OURS = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(5));

    private static final Duration AFTER_OUTAGE = Duration.ofSeconds(2);

    private final Ledger ledger;
    private final News news;

    public Trouble(Ledger ledger, News news) {
        this.ledger = ledger;
        this.news = news;
    }

    /**
     * Takes an exception that no room expected.
     *
     * @param task what the exchange carried, null if it was none
     */
    public void happened(Task task, Throwable thrown) {
        Throwable trouble = unwrapped(thrown);
        try {
            if (task == null) {
                forNoTask(trouble);
            } else if (mayBeSent(task)) {
                // what is known of a create must not be forgotten
                ledger.insist(
                        () -> {
                            forTask(task, trouble);
                            return null;
                        });
            } else {
                forTask(task, trouble);
            }
        } catch (JdbiException e) {
            // nobody handles what is thrown here; a claim that is not given back runs out
            if (!ledger.wasGone(e)) {
                tell("the ledger", e);
            }
            LOG.debug("the ledger", e);
        }
    }

    private static boolean mayBeSent(Task task) {
        return task.state() == TaskState.ACCEPTED || task.state() == TaskState.SUBMITTING;
    }

    private void forNoTask(Throwable trouble) {
        if (!ledger.wasGone(trouble)) {
            // many things can be wrong with it, each of them is news
            tell("the application", "the application: " + kind(trouble), trouble);
        }
    }

    private void forTask(Task task, Throwable trouble) {
        Optional<Task> now = ledger.find(task.id());
        if (now.isPresent() && now.get().claim() != task.claim() && trouble instanceof NotSent) {
            ledger.outOfTurn(task, notSent(task, message(trouble)));
        }
        if (now.isEmpty() || now.get().claim() != task.claim()) {
            return;
        }
        if (!ledger.wasGone(trouble)) {
            settle(now.get(), trouble);
        } else if (now.get().state() != TaskState.SUBMITTING) {
            ledger.write(now.get(), Move.again(AFTER_OUTAGE));
        } else if (task.state() == TaskState.ACCEPTED) {
            // it was written, and only the answer to that was lost: nothing was sent
            ledger.write(now.get(), Submit.notCreated(now.get(), NETWORK));
        } else {
            settle(now.get(), trouble);
        }
    }

    private void settle(Task task, Throwable trouble) {
        int failures = task.failures() + 1;
        String message = message(trouble);
        switch (task.state()) {
            case SUBMITTING -> {
                if (trouble instanceof NotSent) {
                    ledger.writeAnyway(task, notSent(task, message));
                    tell(News.PROVIDER, trouble);
                } else if (ledger.write(task, Submit.unanswered(message))) {
                    LOG.warn("{}  may have been created, is looked up: {}", task.name(), message);
                }
            }
            case DELIVERED, FAILED, CANCELLED -> tell(task.name(), trouble);
            default -> {
                boolean remote =
                        task.state() != TaskState.SUCCEEDED && trouble instanceof IOException;
                Move again =
                        Move.again((remote ? NETWORK : OURS).after(failures)).failures(failures);
                if (failures == Move.REPORTED_AFTER || failures == 1 && !remote) {
                    again.told("trouble", message, task.requestId()).reported();
                }
                ledger.write(task, again);
                if (remote) {
                    tell(News.PROVIDER, trouble);
                } else {
                    tell(task.name() + " and others like it", kind(trouble), trouble);
                }
            }
        }
    }

    private static Move notSent(Task task, String message) {
        return Submit.notCreated(task, NETWORK)
                .told("not-sent", message, null)
                .decided("not-sent", null, message, null);
    }

    private void tell(String whose, Throwable trouble) {
        tell(whose, whose, trouble);
    }

    private void tell(String whose, String kind, Throwable trouble) {
        if (news.is(kind)) {
            LOG.warn("trouble with {}, it will be tried again: {}", whose, message(trouble));
        }
        LOG.debug("{}", whose, trouble);
    }

    /** Camel wraps what was thrown inside an expression. */
    private static Throwable unwrapped(Throwable thrown) {
        Throwable trouble = thrown;
        while (trouble instanceof RuntimeCamelException && trouble.getCause() != null) {
            trouble = trouble.getCause();
        }
        return trouble;
    }

    /** What makes it the same trouble again, whichever file it met. */
    private static String kind(Throwable trouble) {
        return trouble instanceof FileSystemException file && file.getReason() != null
                ? trouble.getClass().getSimpleName() + ": " + file.getReason()
                : message(trouble);
    }

    private static String message(Throwable trouble) {
        String message = trouble.getMessage();
        return trouble.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
