package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one step writes about a task: the state it goes to, when it is due next, and what was
 * learned. The ledger writes all of it in one statement, or nothing if the claim is lost. Every
 * move gives the claim back.
 */
public final class Move {
    /** So many failures in a row are no accident any more: a person is told. */
    public static final int REPORTED_AFTER = 5;

    private final TaskState state;
    private Duration due;
    private boolean inRhythm;
    private List<Video> videos = List.of();
    private final Map<String, Object> columns = new LinkedHashMap<>();

    private Move(TaskState state) {
        this.state = state;
    }

    /** Goes to another state and starts its failures anew. Due at once unless said otherwise. */
    public static Move to(TaskState state) {
        Move move = new Move(state).due(Duration.ZERO).failures(0);
        return state.ended() ? move.never() : move;
    }

    /** Stays where it is, due again after this wait. */
    public static Move again(Duration wait) {
        return new Move(null).due(wait);
    }

    /**
     * The wait counts from when the task was due, not from now: a look that was late delays no
     * other.
     */
    public Move rhythmically() {
        inRhythm = true;
        return this;
    }

    public Move due(Duration wait) {
        due = wait;
        return this;
    }

    /** Not due before a person or a callback says so. */
    public Move never() {
        due = null;
        return this;
    }

    public Move failures(int inARow) {
        return set("failures", inARow);
    }

    public Move looks(int all) {
        return set("looks", all);
    }

    public Move taskId(String taskId) {
        return set("task_id", taskId);
    }

    /** What the provider, or the trouble, said; each may be null. */
    public Move told(String code, String message, String requestId) {
        return set("code", code).set("message", message).set("request_id", requestId);
    }

    /** What the provider says it took, in its own units. */
    public Move deduction(String units) {
        return set("deduction", units);
    }

    /** What it did cost, where that is known better than by the price list. */
    public Move cost(Dollars cost) {
        return set("cost", cost.millionths());
    }

    /** It was certainly not created: what was reserved for it is free again. */
    public Move notBought() {
        return set("cost", null).set("bought_day", null);
    }

    /** Whether it says that nothing was bought. */
    boolean takesBack() {
        return columns.containsKey("bought_day");
    }

    /** What the create's answer meant, and the answer itself; all but the first may be null. */
    public Move decided(String decision, String code, String message, String requestId) {
        return set("decision", decision)
                .set("decision_code", code)
                .set("decision_message", message)
                .set("decision_request_id", requestId);
    }

    /** The call that was to send it once more was certainly not taken: it may be made again. */
    public Move notResent() {
        return set("resent_at", null);
    }

    public Move missingSince(Long millis) {
        return set("missing_since", millis);
    }

    /** An error file is owed to the folder failed/. */
    public Move reported() {
        return set("report", "write");
    }

    /** It goes on: an error file that was written has to go. */
    public Move unreported(Task task) {
        boolean owedOrThere = task.report() != null && !task.report().equals("remove");
        return owedOrThere ? set("report", "remove") : this;
    }

    /** Replaces what is known of the task's videos. */
    public Move videos(List<Video> all) {
        videos = List.copyOf(all);
        return this;
    }

    private Move set(String column, Object value) {
        columns.put(column, value);
        return this;
    }

    TaskState state() {
        return state;
    }

    Duration due() {
        return due;
    }

    boolean inRhythm() {
        return inRhythm;
    }

    List<Video> videos() {
        return videos;
    }

    Map<String, Object> columns() {
        return columns;
    }
}
