package dev.klingroutes.task;

import java.text.Normalizer;
import java.util.Locale;

/** The name that all files of a task begin with. */
public final class Stem {
    /**
     * Leaves room in 255 bytes for the longest name made of it: {@code
     * .<stem>~12345678~12345678.error.json.<task id>.<claim>.part}.
     */
    private static final int BYTES = 170;

    private Stem() {}

    /** Short enough for every suffix, cut between two characters. */
    public static String cut(String stem) {
        int end = 0;
        int bytes = 0;
        while (end < stem.length()) {
            int letter = stem.codePointAt(end);
            bytes += bytes(letter);
            if (bytes > BYTES) {
                break;
            }
            end += Character.charCount(letter);
        }
        String cut = stem.substring(0, end);
        return cut.isBlank() ? "prompt" : cut;
    }

    /** In UTF-8, where half a letter is written as a question mark. */
    private static int bytes(int letter) {
        if (letter < 0x80 || Character.getType(letter) == Character.SURROGATE) {
            return 1;
        }
        if (letter < 0x800) {
            return 2;
        }
        return letter < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 3 : 4;
    }

    /**
     * The same for two names that a file system without case, or with composed letters, mixes up.
     */
    public static String folded(String name) {
        // by way of upper case, where ß and ς lose what lower case keeps
        return Normalizer.normalize(name, Normalizer.Form.NFC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    /** The name for one whose wish is taken. */
    public static String own(String stem, String id) {
        return stem + "~" + id.substring(0, 8);
    }
}
