package dev.klingroutes.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How the command line writes times, and texts that are foreign. */
final class Words {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int SECOND = 1000;
    private static final int MINUTE = 60 * SECOND;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;

    private Words() {}

    /** "12 s", "5 min", "3 h", "2 d". */
    static String span(long millis) {
        long positive = Math.max(0, millis);
        if (positive < 2 * MINUTE) {
            return positive / SECOND + " s";
        }
        if (positive < 2 * HOUR) {
            return positive / MINUTE + " min";
        }
        return positive < 2L * DAY ? positive / HOUR + " h" : positive / DAY + " d";
    }

    /** In this machine's time zone; "" for null. */
    static String moment(Long millis) {
        return millis == null
                ? ""
                : MOMENT.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
    }

    /** A foreign text on one line: nothing in it reaches the terminal as a command. */
    static String line(String text) {
        return text == null ? "" : text.replaceAll("[\\s\\p{Cc}\\p{Cf}]+", " ").strip();
    }

    /** The same, cut where a table would become too wide. */
    static String shortened(String text, int most) {
        String line = line(text);
        if (line.codePointCount(0, line.length()) <= most) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, most - 1)).strip() + "…";
    }

    /** A text that keeps its lines. */
    static String lines(String text) {
        return text == null ? "" : text.replaceAll("[\\p{Cc}\\p{Cf}&&[^\n]]", "?");
    }

    /** "1 task", "2 tasks". */
    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
