package dev.klingroutes.provider;

import dev.klingroutes.task.CallbackToken;
import dev.klingroutes.task.Task;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * One call to the provider, at the address that the task was accepted for (paths: CometAPI's Kling
 * quickstart and "Get a Kling task", of 2026).
 *
 * @param task as it is while the call is under way
 * @param body null for a look
 * @param said what a callback called the task that is looked at; null if it is not asked for by
 *     that
 */
public record Call(Task task, String url, String body, String said) {
    private static final String PATH = "/kling/v1/videos/";

    static Call create(Task task, String body) {
        return new Call(task, task.address() + PATH + task.kind(), body, null);
    }

    /** Looks at a task by the provider's id. */
    public static Call look(Task task) {
        return get(task, task.taskId(), null);
    }

    /** Looks at what a callback called by this id. */
    static Call look(Task task, String said) {
        return get(task, said, said);
    }

    /** Looks for a task by the id that we gave it. */
    public static Call lookup(Task task) {
        return get(task, task.externalId(), null);
    }

    /** Looks for a task that cannot exist: does this provider look at the id at all? */
    public static Call control(Task task) {
        return get(task, UUID.randomUUID().toString(), null);
    }

    /** Where a task is looked at that was never sent: asking costs nothing. */
    static String nowhere(String address) {
        return address + PATH + "text2video/" + UUID.randomUUID();
    }

    /** A reply without the secret of the callback that was sent, wherever it repeats it. */
    byte[] withoutSecret(byte[] reply) {
        CallbackToken token =
                body == null || reply == null
                        ? null
                        : CallbackAddress.called(Json.parse(body).path("callback_url").asText());
        return token == null
                ? reply
                : new String(reply, StandardCharsets.ISO_8859_1)
                        .replace(token.secret(), "***")
                        .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Not the body: it may hold the secret of a callback. */
    @Override
    public String toString() {
        return (body == null ? "GET " : "POST ") + url;
    }

    private static Call get(Task task, String id, String said) {
        String segment = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        return new Call(task, task.address() + PATH + task.kind() + "/" + segment, null, said);
    }
}
