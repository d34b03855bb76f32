package dev.klingroutes.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * Many rows as one parameter, which a statement reads by {@code from <rows>}: {@code value ->> 0}
 * is the first of a row. Databases read JSON much faster than rows are bound one after the other.
 */
final class Rows {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    /** Of numbers and of text, which may be foreign. */
    static String json(List<List<?>> rows) {
        List<List<?>> storable = rows.stream().<List<?>>map(Rows::storable).toList();
        try {
            return JSON.writeValueAsString(storable);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<?> storable(List<?> row) {
        return row.stream()
                .map(value -> value instanceof String text ? ForeignText.storable(text) : value)
                .toList();
    }
}
