package dev.klingroutes;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A size as settings write it: {@code 2GB}, {@code 64MB}, {@code 1000}; in powers of 1024. */
public record Bytes(long count) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)B?");

    /**
     * @throws IllegalArgumentException if it is no size
     */
    public static Bytes of(String text) {
        Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException("it must be a size such as 64MB or 2GB");
        }
        int power = " KMGT".indexOf(size.group(2).isEmpty() ? " " : size.group(2));
        long number = Long.parseLong(size.group(1));
        if (number > Long.MAX_VALUE >> 10 * power) {
            throw new IllegalArgumentException("no disk is that large");
        }
        return new Bytes(number << 10 * power);
    }
}
