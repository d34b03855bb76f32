package dev.klingroutes.sandbox;

import java.util.Map;

/**
 * What has happened in a sandbox since it started; kept tasks of an earlier run count in no number
 * but {@code inFlight} and {@code maxInFlight}.
 *
 * @param createsReceived create calls that arrived, whatever became of them
 * @param created tasks that were made
 * @param refused calls answered with one of Kling's codes by the sandbox's own rules, not by a
 *     fault
 * @param duplicatesRefused create calls refused because their external_task_id was taken
 * @param limitRefused create calls refused because too many tasks were in flight
 * @param looks questions by task id
 * @param lookupsByExternalId questions by anything else
 * @param mostLooks the most questions about any one task
 * @param latestLookAt when the latest question came, epoch milliseconds; 0 if none did
 * @param downloads requests for a video that were let in
 * @param leakedHeaders requests for a video that carried what must never reach a download host
 * @param callbacks callbacks sent
 * @param callbacksAnswered callbacks that were answered with 2xx
 * @param inFlight unfinished tasks now
 * @param maxInFlight the most unfinished tasks seen at one time
 * @param faults how often each fault struck, by its full name
 */
public record Stats(
        long createsReceived,
        long created,
        long refused,
        long duplicatesRefused,
        long limitRefused,
        long looks,
        long lookupsByExternalId,
        int mostLooks,
        long latestLookAt,
        long downloads,
        long leakedHeaders,
        long callbacks,
        long callbacksAnswered,
        int inFlight,
        int maxInFlight,
        Map<String, Long> faults) {}
