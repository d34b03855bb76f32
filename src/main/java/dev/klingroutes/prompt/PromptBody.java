package dev.klingroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A prompt as a message carries it: text, a JSON object, or a map. */
public final class PromptBody {
    /** No prompt is longer: half of the limit on a dropped text file. */
    public static final int MOST_BYTES = 512 * 1024;

    private static final String WHERE = "the body";

    private PromptBody() {}

    /** Reads other bodies, such as streams and files; null: it cannot. */
    @FunctionalInterface
    public interface Bytes {
        byte[] of(Object body) throws IOException;
    }

    /**
     * Text that begins with a brace is a JSON object; any other text is the prompt itself.
     *
     * @return the prompt's fields, not yet checked
     * @throws PromptRefused if the body is no prompt at all
     */
    public static Map<String, ?> read(Object body, Bytes others) throws PromptRefused, IOException {
        if (body instanceof Map<?, ?> map) {
            return fields(map);
        }
        if (body instanceof JsonNode node) {
            return node.isTextual() ? written(node.textValue()) : written(node.toString());
        }
        if (body instanceof CharSequence text) {
            return written(text.toString());
        }
        byte[] bytes = body == null ? null : others.of(body);
        if (bytes == null) {
            throw refused(
                    WHERE,
                    "the body is "
                            + (body == null ? "empty" : "a " + body.getClass().getName())
                            + "; it should be the text of a prompt, or an object (a map or JSON) with a"
                            + " `prompt` field");
        }
        if (bytes.length > MOST_BYTES) {
            throw refused(WHERE, "the body has more than " + MOST_BYTES + " bytes");
        }
        Faults faults = new Faults();
        String text = TextFile.text(bytes, faults).orElse(null);
        if (text == null) {
            throw new PromptRefused(faults);
        }
        return written(text);
    }

    private static Map<String, ?> written(String text) throws PromptRefused {
        String bare = text.strip();
        boolean list = bare.startsWith("[");
        if (!bare.startsWith("{") && !list) {
            return Map.of("prompt", bare);
        }
        try {
            if (StrictJson.parse(bare) instanceof Map<?, ?> map) {
                return fields(map);
            }
            throw refused(
                    WHERE, "the body is a list; one message is one prompt, so split it before");
        } catch (NotJson e) {
            if (list) {
                return Map.of("prompt", bare);
            }
            throw refused(WHERE + ", line " + e.line() + ", column " + e.column(), e.getMessage());
        }
    }

    private static Map<String, ?> fields(Map<?, ?> map) throws PromptRefused {
        try {
            return Plain.copy(map);
        } catch (NotPlain e) {
            throw refused(WHERE, e.getMessage());
        }
    }

    private static PromptRefused refused(String where, String problem) {
        return new PromptRefused(List.of(new Fault(where, null, problem)));
    }
}
