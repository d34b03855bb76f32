package dev.klingroutes.prompt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** One JSON value, strictly: no key twice, nothing after it. */
final class StrictJson {
    private static final int DEEPEST = 100;

    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                    JsonFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(DEEPEST)
                                            .build())
                            .build());

    private StrictJson() {}

    /** Maps, lists, text, numbers, booleans and null. */
    static Object parse(String text) throws NotJson {
        try (JsonParser parser = MAPPER.createParser(text)) {
            Object value = MAPPER.readValue(parser, Object.class);
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                throw new NotJson(
                        "there is more after the JSON value", at.getLineNr(), at.getColumnNr());
            }
            return value;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            boolean known = at != null && at.getLineNr() > 0;
            throw new NotJson(
                    inPlainWords(e.getOriginalMessage()),
                    known ? at.getLineNr() : 1,
                    known ? Math.max(1, at.getColumnNr()) : 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String inPlainWords(String message) {
        String words =
                message.replaceAll(
                                "(?s)\\(start marker at \\[Source: .*?; (line: .*?)\\]\\)",
                                "(opened at $1)")
                        .replaceAll(", from `[^`]*`", "")
                        .replaceAll(": enable `[^`]*` to allow", " is not allowed");
        return "not valid JSON: " + Shown.reason(words);
    }
}
