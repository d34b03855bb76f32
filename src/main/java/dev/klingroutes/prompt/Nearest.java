package dev.klingroutes.prompt;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Which known name a misspelt one probably stands for. */
public final class Nearest {
    private Nearest() {}

    /**
     * The known name that takes the fewest single-letter changes, upper and lower case being the
     * same; empty if even that one differs in more than a third of its letters.
     */
    public static Optional<String> to(String word, Collection<String> known) {
        String given = word.toLowerCase(Locale.ROOT);
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (String name : known) {
            int most = Math.max(1, name.length() / 3);
            if (Math.abs(name.length() - given.length()) <= most) {
                int changes = changes(given, name.toLowerCase(Locale.ROOT));
                if (changes <= most && changes < fewest) {
                    fewest = changes;
                    nearest = name;
                }
            }
        }
        return Optional.ofNullable(nearest);
    }

    private static int changes(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], above[j]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
