package dev.klingroutes.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as the provider speaks it and as we write it down. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** The object in these bytes, or null if they hold none. */
    static JsonNode object(byte[] bytes) {
        try {
            JsonNode node = bytes == null ? null : MAPPER.readTree(bytes);
            return node != null && node.isObject() ? node : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The object in our own text.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ObjectNode parse(String text) {
        try {
            return (ObjectNode) MAPPER.readTree(text);
        } catch (JsonProcessingException | ClassCastException e) {
            throw new IllegalArgumentException("not a JSON object", e);
        }
    }

    /** The same as a map, its fields in their order. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> map(String text) {
        return MAPPER.convertValue(parse(text), LinkedHashMap.class);
    }

    public static String write(Map<String, ?> object) {
        return write((Object) object, false);
    }

    /** For files that people read. */
    public static String pretty(Map<String, ?> object) {
        return write(object, true) + "\n";
    }

    private static String write(Object object, boolean pretty) {
        try {
            return pretty
                    ? MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object)
                    : MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
