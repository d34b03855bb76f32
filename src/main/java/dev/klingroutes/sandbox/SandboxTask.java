package dev.klingroutes.sandbox;

import java.time.Instant;
import java.util.Map;

/**
 * A task that the sandbox was asked for, as it stands at the moment of asking.
 *
 * @param taskId the provider's id, 18 digits
 * @param externalTaskId the caller's id, or null
 * @param path what it was created under, such as {@code videos/text2video}
 * @param prompt its text, or null
 * @param request the whole body of the create call
 * @param createdAt when
 * @param status submitted, processing, succeed or failed
 * @param looks how often it was asked about, by either id
 * @param downloads how many requests for its videos were let in
 */
public record SandboxTask(
        String taskId,
        String externalTaskId,
        String path,
        String prompt,
        Map<String, Object> request,
        Instant createdAt,
        String status,
        int looks,
        int downloads) {}
