package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A task as the ledger held it when it was read. Times are epoch milliseconds, null while they have
 * not come.
 *
 * @param id ours; the first eight characters tell two files of one name apart
 * @param source the dropped file, as a path below the inbox
 * @param row its place in that file, from 0
 * @param folder the sub-folder its results keep, "" for none, with '/' between names
 * @param stem the name all its files begin with
 * @param request the provider's body without our id, as JSON
 * @param address the provider it was accepted for; it is never sent or looked at elsewhere
 * @param externalId the id we give to the provider
 * @param taskId the id the provider gave to us, or null
 * @param claim the number of this claim; a later one outdates it
 * @param failures failures in a row of the present step
 * @param tries how often its videos were begun to be fetched
 * @param money what it costs
 * @param decision what the create's answer meant, and the answer; its parts are null before
 */
public record Task(
        String id,
        String source,
        int row,
        String folder,
        String stem,
        String kind,
        String request,
        String address,
        String externalId,
        String taskId,
        TaskState state,
        long claim,
        int failures,
        int looks,
        int tries,
        String code,
        String message,
        String requestId,
        String deduction,
        String report,
        Long missingSince,
        Times times,
        Money money,
        Decision decision,
        List<Video> videos) {

    /**
     * When a task came to each of its states; epoch milliseconds or null.
     *
     * @param resent when it was sent once more because nobody knew whether it had arrived
     */
    public record Times(
            long accepted,
            Long submitting,
            Long submitted,
            Long succeeded,
            Long ended,
            Long resent) {}

    /**
     * What a task costs.
     *
     * @param estimate by the price list when it was sent, or null
     * @param cost what counts against the budgets, or null
     * @param boughtDay the UTC day, counted from 1970-01-01, on which it was bought or may have
     *     been; null: it certainly was not
     */
    public record Money(Dollars estimate, Dollars cost, Integer boughtDay) {}

    /**
     * What the answer to the create call meant.
     *
     * @param verdict in our words: created, refused, later, full, closed, exists, unclear,
     *     not-sent, no-answer
     * @param code the provider's, or the HTTP status where it gave none
     */
    public record Decision(String verdict, String code, String message, String requestId) {
        /** As the files of a task show it; null while there is none. */
        public Map<String, Object> shown() {
            if (verdict == null) {
                return null;
            }
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("decision", verdict);
            all.put("code", code);
            all.put("message", message);
            all.put("request_id", requestId);
            return all;
        }
    }

    /** Whether the provider may have it: then it is never bought anew by itself. */
    public boolean mayHaveBeenBought() {
        return money.boughtDay() != null;
    }

    /** Its name for people: the stem with its folder. */
    public String name() {
        return folder.isEmpty() ? stem : folder + "/" + stem;
    }

    /** Whether it is looked at by the provider's name for it; else it is looked up by ours. */
    public boolean watched() {
        return state == TaskState.SUBMITTED || state == TaskState.OVERDUE;
    }

    /** Of the id alone: Camel's bean cache hashes a task for every word of Simple about it. */
    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** The same task after this claim's holder moved it on. */
    public Task in(TaskState now) {
        return with(now, tries, videos);
    }

    Task tried() {
        return with(state, tries + 1, videos);
    }

    Task with(List<Video> itsVideos) {
        return with(state, tries, itsVideos);
    }

    private Task with(TaskState itsState, int itsTries, List<Video> itsVideos) {
        return new Task(
                id,
                source,
                row,
                folder,
                stem,
                kind,
                request,
                address,
                externalId,
                taskId,
                itsState,
                claim,
                failures,
                looks,
                itsTries,
                code,
                message,
                requestId,
                deduction,
                report,
                missingSince,
                times,
                money,
                decision,
                itsVideos);
    }
}
