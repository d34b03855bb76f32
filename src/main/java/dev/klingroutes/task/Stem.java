package dev.klingroutes.task;

import java.nio.charset.StandardCharsets;
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
        String cut = stem;
        while (cut.getBytes(StandardCharsets.UTF_8).length > BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut.isBlank() ? "prompt" : cut;
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
