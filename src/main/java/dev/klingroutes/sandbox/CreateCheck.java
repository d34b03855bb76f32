package dev.klingroutes.sandbox;

import java.io.IOException;
import java.util.Map;

/**
 * What Kling refuses in the body of a create call.
 *
 * <p>Source: Kling's legacy specification with kling-v3, Feb 2026. Only text2video always needs a
 * prompt and here a model; other kinds have fields of their own.
 */
final class CreateCheck {
    private CreateCheck() {}

    static Map<String, Object> read(String path, byte[] body) throws Refused {
        Map<String, Object> request;
        try {
            request = Json.object(body);
        } catch (IOException e) {
            throw new Refused(1201, "the body is not a JSON object");
        }
        if (request == null) {
            throw new Refused(1201, "the body is not a JSON object");
        }
        check(path, request);
        return request;
    }

    private static void check(String path, Map<String, Object> request) throws Refused {
        boolean text2video = path.equals("videos/text2video");
        boolean shots = Boolean.TRUE.equals(request.get("multi_shot"));
        text(request, "prompt", text2video && !shots);
        text(request, "model_name", text2video);
        text(request, "external_task_id", false);
        text(request, "callback_url", false);
        if (path.startsWith("videos/")) {
            text(request, "duration", false);
        }
        if (request.get("model_name") instanceof String model && !model.startsWith("kling-")) {
            throw new Refused(1203, "model " + model + " does not exist");
        }
    }

    private static void text(Map<String, Object> request, String field, boolean required)
            throws Refused {
        Object value = request.get(field);
        if (value == null ? required : !(value instanceof String)) {
            throw new Refused(1201, field + " is invalid: a string is needed");
        }
        if (required && value.toString().isBlank()) {
            throw new Refused(1201, field + " can't be empty");
        }
    }
}
