package dev.klingroutes.sandbox;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The signed address of a video. Its query holds characters that a client is tempted to encode or
 * to decode, and must come back byte for byte.
 */
final class Link {
    private static final Pattern EXPIRES = Pattern.compile("Expires=(\\d{1,12})&.*");

    private Link() {}

    /** Path and query of the task's n-th video, good until this second of the epoch. */
    static String of(Task task, int n, long expires) {
        return "/videos/" + task.id() + "/" + n + ".mp4?" + query(task, n, expires);
    }

    static boolean valid(Task task, int n, String rawQuery, long nowSeconds) {
        Matcher matcher = EXPIRES.matcher(rawQuery == null ? "" : rawQuery);
        if (!matcher.matches()) {
            return false;
        }
        long expires = Long.parseLong(matcher.group(1));
        return nowSeconds <= expires && rawQuery.equals(query(task, n, expires));
    }

    private static String query(Task task, int n, long expires) {
        String signature = Integer.toHexString((task.id() + '/' + n + '/' + expires).hashCode());
        return "Expires=" + expires + "&Signature=a%2Bb%2F" + signature + "==";
    }
}
