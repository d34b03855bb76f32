package dev.klingroutes.sandbox;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single range of bytes.
 *
 * @param from its first
 * @param to the one after its last
 */
record ByteRange(long from, long to) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** The range asked for, which may lie outside; null if the header asks for the whole. */
    static ByteRange read(String header, long size) {
        Matcher matcher = RANGE.matcher(header == null ? "" : header);
        if (!matcher.matches() || header.endsWith("=-")) {
            return null;
        }
        if (matcher.group(1).isEmpty()) {
            return new ByteRange(Math.max(0, size - Long.parseLong(matcher.group(2))), size);
        }
        long last = matcher.group(2).isEmpty() ? size : Long.parseLong(matcher.group(2));
        return new ByteRange(Long.parseLong(matcher.group(1)), Math.min(size, last + 1));
    }

    boolean empty() {
        return from >= to;
    }
}
