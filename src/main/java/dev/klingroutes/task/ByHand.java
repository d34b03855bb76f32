package dev.klingroutes.task;

import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * What a person does to a task, also while applications work on the ledger: each is one fenced
 * write, and a worker that had the task finds that it is somebody else's.
 */
public final class ByHand {
    private static final int LONGEST_TASK_ID = 256;
    private static final String NOW = "due_at = <now>";
    private static final String CLAIMED = "claim = :claim";
    private static final String UNREPORTED =
            ", report = case when report is not null then 'remove' end,"
                    + " report_at = case when report is not null then <now> end";
    private static final String REPORTED = ", report = 'write', report_at = <now>";

    private final Ledger ledger;
    private final Callbacks callbacks;

    public ByHand(Ledger ledger) {
        this.ledger = ledger;
        callbacks = new Callbacks(ledger);
    }

    /**
     * Sets a task going again. One that may exist at the provider is looked at or looked up; only
     * one that certainly was not created, or that the provider reported failed, is bought anew.
     *
     * @return what happens now, for people
     * @throws NotPossible if it was delivered, or moved on meanwhile
     */
    public String retry(Task task) throws NotPossible {
        return switch (task.state()) {
            case DELIVERED ->
                    throw new NotPossible(
                            "it is delivered; to buy another video drop the prompt again");
            case FAILED, CANCELLED -> revive(task);
            default -> {
                ledger.hint(task.id());
                yield "is under way; its next step is due now, nothing is bought twice";
            }
        };
    }

    private String revive(Task task) throws NotPossible {
        if (!task.mayHaveBeenBought()) {
            anew(task);
            return "was not bought before; it is sent now";
        }
        if (task.taskId() == null) {
            move(
                    task,
                    TaskState.UNCERTAIN,
                    NOW + ", failures = 0, ended_at = null, message = :why" + REPORTED,
                    Map.of("why", "ended by hand before the answer to its create call was known"));
            return "may have been created, nobody knows; it is looked up, not sent again";
        }
        if (task.state() == TaskState.FAILED && task.times().succeeded() == null) {
            anew(task);
            return "was reported failed by the provider; it is bought anew";
        }
        move(
                task,
                TaskState.SUBMITTED,
                NOW
                        + ", failures = 0, missing_since = null, ended_at = null,"
                        + " submitted_at = coalesce(submitted_at, <now>)"
                        + UNREPORTED,
                Map.of());
        return "is known to the provider as "
                + task.taskId()
                + "; it is looked at, nothing is bought anew";
    }

    /** Under a new external id: the old one is spent. What it did cost stays on the books. */
    private void anew(Task task) throws NotPossible {
        done(
                ledger.transaction(
                        handle -> {
                            if (!locked(handle, task)) {
                                return 0;
                            }
                            if (task.times().submitting() != null) {
                                remember(handle, task);
                            }
                            return write(
                                    handle,
                                    task,
                                    TaskState.ACCEPTED,
                                    NOW
                                            + """
                                            , external_id = :fresh, task_id = null, body = null,
                                            estimate = null, cost = null, bought_day = null,
                                            decision = null, decision_code = null,
                                            decision_message = null, decision_request_id = null,
                                            resent_at = null, code = null, message = null,
                                            request_id = null, deduction = null, missing_since = null,
                                            submitting_at = null, submitted_at = null,
                                            succeeded_at = null, ended_at = null,
                                            in_flight_until = null, looks = 0, failures = 0
                                            """
                                            + UNREPORTED,
                                    Map.of("fresh", UUID.randomUUID().toString()));
                        }));
    }

    /** Or the books would keep what another hand has just changed. */
    private static boolean locked(Handle handle, Task task) {
        return handle.createQuery(
                        "select id from kling_task"
                                + " where id = :id and state = :was and claim = :claim <lock>")
                .bind("id", task.id())
                .bind("was", task.state().name())
                .bind("claim", task.claim())
                .mapTo(String.class)
                .findOne()
                .isPresent();
    }

    private static void remember(Handle handle, Task task) {
        handle.createUpdate(
                        """
                        insert into kling_earlier (external_id, task, task_id, estimate, cost,
                            bought_day, deduction, code, message, request_id, submitting_at, ended_at)
                        select external_id, id, task_id, estimate, cost,
                            bought_day, deduction, code, message, request_id, submitting_at, ended_at
                        from kling_task where id = :id
                        """)
                .bind("id", task.id())
                .execute();
    }

    /**
     * Gives a task up. The provider has no cancel.
     *
     * @return what it may still cost, for people
     * @throws NotPossible if it was delivered or cancelled, or moved on meanwhile
     */
    public String cancel(Task task) throws NotPossible {
        if (task.state() == TaskState.DELIVERED || task.state() == TaskState.CANCELLED) {
            throw new NotPossible("it is " + task.state() + " already");
        }
        // a look that came between changes the claim, not what is given up
        move(
                task,
                TaskState.CANCELLED,
                "due_at = null, ended_at = <now>" + UNREPORTED,
                "claim >= :claim",
                Map.of());
        String price = task.money().cost() == null ? "" : " (about " + task.money().cost() + ")";
        if (!task.mayHaveBeenBought()) {
            return "was cancelled; nothing was bought";
        }
        if (task.times().succeeded() != null) {
            return "was cancelled here; it is rendered and charged" + price;
        }
        return task.state() == TaskState.FAILED
                ? "was cancelled; the provider had reported it failed"
                : "was cancelled here; the provider has no cancel, so it may still be rendered and charged"
                        + price;
    }

    /**
     * A person knows that an unclear task was not created: it is sent, under the same external id,
     * so that the provider can refuse it if the person was wrong.
     *
     * @return what happens now, for people
     * @throws NotPossible if it is not UNCERTAIN, its create call may be under way, the provider's
     *     id of it is known, or it moved on meanwhile
     */
    public String notCreated(Task task) throws NotPossible {
        unclear(task);
        if (task.taskId() != null) {
            throw new NotPossible(
                    "it was created, the provider calls it "
                            + task.taskId()
                            + "; if that id is wrong, settle it with the right one, or cancel it and drop"
                            + " its prompt again");
        }
        long seconds = callMayLast(task);
        if (seconds > 0) {
            throw new NotPossible(
                    "its create call may still be under way; ask again in " + seconds + " s");
        }
        // what the provider calls it may have come in between
        move(
                task,
                TaskState.ACCEPTED,
                NOW
                        + ", cost = null, bought_day = null, in_flight_until = null, failures = 0"
                        + UNREPORTED,
                CLAIMED + " and task_id is null",
                Map.of());
        return "is settled: it was not created; it is sent now";
    }

    private long callMayLast(Task task) {
        long millis =
                ledger.read(
                        handle ->
                                handle.createQuery(
                                                """
                                                select coalesce(resent_at, submitting_at) + :lease - <now>
                                                from kling_task where id = :id
                                                """)
                                        .bind("now", ledger.now())
                                        .bind("lease", ledger.lease().toMillis())
                                        .bind("id", task.id())
                                        .mapTo(Long.class)
                                        .one());
        return millis > ledger.lease().toMillis() ? 0 : Math.floorDiv(millis + 999, 1000);
    }

    /**
     * A person knows what the provider calls an unclear task: it is adopted if a look at it proves
     * that it is ours.
     *
     * @return what happens now, for people
     * @throws NotPossible if it is not UNCERTAIN, the provider itself named it, the id is another
     *     task's, or it moved on meanwhile
     */
    public String created(Task task, String taskId) throws NotPossible {
        unclear(task);
        if (taskId.isBlank() || taskId.length() > LONGEST_TASK_ID) {
            throw new NotPossible("no provider calls a task \"" + taskId + "\"");
        }
        if (task.taskId() != null && !task.taskId().equals(taskId)) {
            throw new NotPossible("the provider itself calls it " + task.taskId());
        }
        if (callbacks.anothers(task, taskId)) {
            throw new NotPossible(taskId + " is another task, or one that was bought before");
        }
        done(
                ledger.transaction(
                        handle -> {
                            callbacks.said(handle, task, taskId);
                            return write(
                                    handle,
                                    task,
                                    TaskState.UNCERTAIN,
                                    NOW + ", failures = 0",
                                    Map.of());
                        }));
        return "is looked at as " + taskId + " now, and goes on if that proves to be ours";
    }

    private static void unclear(Task task) throws NotPossible {
        if (task.state() != TaskState.UNCERTAIN) {
            throw new NotPossible(
                    "it is " + task.state() + "; only a task that is UNCERTAIN can be settled");
        }
    }

    private void move(Task task, TaskState state, String set, Map<String, ?> values)
            throws NotPossible {
        move(task, state, set, CLAIMED, values);
    }

    /**
     * @param fence what must still be so
     */
    private void move(Task task, TaskState state, String set, String fence, Map<String, ?> values)
            throws NotPossible {
        task.state().to(state);
        done(ledger.transaction(handle -> write(handle, task, state, set, fence, values)));
    }

    private int write(
            Handle handle, Task task, TaskState state, String set, Map<String, ?> values) {
        return write(handle, task, state, set, CLAIMED, values);
    }

    private int write(
            Handle handle,
            Task task,
            TaskState state,
            String set,
            String fence,
            Map<String, ?> values) {
        return ledger.update(
                        handle,
                        "update kling_task set state = :state, claim = claim + 1, claimed = 0,"
                                + " hint = 0, handed_at = null, hand_due_at = null, hand_tries = 0, "
                                + set
                                + " where id = :id and state = :was and "
                                + fence)
                .bind("state", state.name())
                .bind("id", task.id())
                .bind("was", task.state().name())
                .bind("claim", task.claim())
                .bindMap(values)
                .execute();
    }

    private static void done(int rows) throws NotPossible {
        if (rows == 0) {
            throw new NotPossible("it has just moved on; look at it again");
        }
    }
}
