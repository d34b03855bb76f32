package dev.klingroutes.task;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.Dollars;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/** Tasks as people ask for them: by state, folder, and whatever name they know. */
public final class Listing {
    private static final int SHORTEST = 4;
    private static final int LONGEST_SHOWN = 700;
    private static final String IN_FOLDER =
            " and (:folder = '' or folder = :folder"
                    + " or substr(folder, 1, :length + 1) = :folder || '/')";
    private static final String NAMED =
            """
            select * from kling_task
            where task_id = :given or external_id = :given
                or case when folder = '' then stem else folder || '/' || stem end = :given
                or (:length >= :shortest and substr(id, 1, :length) = lower(:given))
                or id in (select task from kling_earlier
                          where external_id = :given or task_id = :given)
            order by accepted_at, id limit 10
            """;

    private final Ledger ledger;

    /**
     * A task with what only the ledger's clock can say of it.
     *
     * @param dueIn milliseconds until it is due, null: not before somebody says so
     * @param age milliseconds since it was accepted
     * @param held whether somebody is at work on it
     */
    public record Line(Task task, Long dueIn, long age, boolean held) {
        private Line of(Task withVideos) {
            return new Line(withVideos, dueIn, age, held);
        }
    }

    /** What a task bought before a person had it bought anew. Times as in {@link Task.Times}. */
    public record Earlier(
            String externalId,
            String taskId,
            Dollars cost,
            String code,
            String message,
            Long submitting,
            Long ended) {}

    public Listing(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Tasks, those accepted last first.
     *
     * @param states none: all
     * @param folder for tasks in and below it; "" for all
     */
    public List<Line> lines(Collection<TaskState> states, String folder, int limit) {
        return ledger.read(
                handle ->
                        lines(
                                handle,
                                "select * from kling_task where "
                                        + of(states)
                                        + IN_FOLDER
                                        + " order by accepted_at desc, drop_id, drop_index limit :limit",
                                Map.of(
                                        "folder",
                                        folder,
                                        "length",
                                        folder.length(),
                                        "limit",
                                        limit)));
    }

    /** How many tasks there are of these states, in and below this folder. */
    public int count(Collection<TaskState> states, String folder) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        "select count(*) from kling_task where "
                                                + of(states)
                                                + IN_FOLDER)
                                .bind("folder", folder)
                                .bind("length", folder.length())
                                .mapTo(int.class)
                                .one());
    }

    /**
     * The one task of this name.
     *
     * @param given as for {@link #find}
     * @throws NotPossible if there is none, or more than one
     */
    public Line one(String given) throws NotPossible {
        return find(given)
                .orElseThrow(
                        () ->
                                new NotPossible(
                                        "There is no task "
                                                + shown(given)
                                                + ": give the beginning of its id (4 characters or more),"
                                                + " its task_id, its external_task_id, or its name with"
                                                + " its folder"));
    }

    /**
     * The task of this name, if there is one. A whole id is that task's, whatever others are
     * called.
     *
     * @param given our id or at least four characters of its beginning, the provider's id, our id
     *     at the provider (also an earlier one), or the task's name with its folder
     * @throws NotPossible if there is more than one
     */
    public Optional<Line> find(String given) throws NotPossible {
        List<Line> found = ledger.read(handle -> named(handle, given));
        if (found.size() > 1) {
            throw new NotPossible(
                    shown(given)
                            + " may be any of these, give more of its id: "
                            + found.stream()
                                    .map(line -> line.task().id() + " (" + line.task().name() + ")")
                                    .collect(joining(", ")));
        }
        return found.stream().findFirst();
    }

    /** Its own id first, and alone: only that finds a task without reading all of them. */
    private List<Line> named(Handle handle, String given) {
        List<Line> exact =
                lines(handle, "select * from kling_task where id = :given", Map.of("given", given));
        return exact.isEmpty()
                ? lines(
                        handle,
                        NAMED,
                        Map.of("given", given, "length", given.length(), "shortest", SHORTEST))
                : exact;
    }

    /** What it bought before, the oldest first. */
    public List<Earlier> earlier(Task task) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        "select * from kling_earlier where task = :id"
                                                + " order by submitting_at")
                                .bind("id", task.id())
                                .map(
                                        (row, context) ->
                                                new Earlier(
                                                        row.getString("external_id"),
                                                        row.getString("task_id"),
                                                        TaskRow.dollars(row, "cost"),
                                                        row.getString("code"),
                                                        row.getString("message"),
                                                        TaskRow.number(row, "submitting_at"),
                                                        TaskRow.number(row, "ended_at")))
                                .list());
    }

    /** What the ledger's clock says; epoch milliseconds. */
    public long now() {
        return ledger.read(ledger::now);
    }

    /** Whole if it may be a name with its folder; nobody reads a megabyte. */
    private static String shown(String given) {
        return given.length() <= LONGEST_SHOWN ? given : given.substring(0, LONGEST_SHOWN) + "…";
    }

    private List<Line> lines(Handle handle, String query, Map<String, ?> values) {
        List<Line> lines =
                handle.createQuery(
                                "select chosen.*, due_at - <now> as due_in,"
                                        + " <now> - accepted_at as age from ("
                                        + query
                                        + ") as chosen")
                        .bind("now", ledger.now())
                        .bindMap(values)
                        .map(
                                (row, context) ->
                                        new Line(
                                                TaskRow.read(row, context),
                                                TaskRow.number(row, "due_in"),
                                                row.getLong("age"),
                                                row.getInt("claimed") == 1))
                        .list();
        List<Task> tasks = Ledger.withVideos(handle, lines.stream().map(Line::task).toList());
        return IntStream.range(0, lines.size())
                .mapToObj(i -> lines.get(i).of(tasks.get(i)))
                .toList();
    }

    private static String of(Collection<TaskState> states) {
        return states.isEmpty() ? "1 = 1" : Ledger.in(states);
    }
}
