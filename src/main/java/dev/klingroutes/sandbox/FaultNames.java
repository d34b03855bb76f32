package dev.klingroutes.sandbox;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything that may go wrong, by the call it strikes. */
final class FaultNames {
    private static final List<String> LOOK =
            words(
                    "lose-reply 500 502-html 503 504 524-html garbage empty redirect 401 1302"
                            + " gateway-500 gateway-503 not-found unknown-status succeeded-word"
                            + " no-links no-task-info wrapped bare slow");

    static final Map<String, List<String>> BY_CALL =
            new TreeMap<>(
                    Map.of(
                            "create",
                            words(
                                    "reset lose-request lose-reply 500 500-created 502-html 503 504"
                                            + " 504-created 524-html 524-created garbage empty"
                                            + " redirect 401 1100 1101 1102 1103 1200 1201 1203"
                                            + " 1300 1301 1302 1303 1304 gateway-500 gateway-503"
                                            + " failed no-task-id no-task-info wrapped bare slow"),
                            "look",
                            LOOK,
                            "lookup",
                            plus(LOOK, "any-task"),
                            "download",
                            words(
                                    "cut cut-clean truncated-mp4 stall expired 404 410 html json"
                                            + " empty 500 503 redirect lose-reply slow"),
                            "task",
                            words("fail stuck two-videos"),
                            "callback",
                            words("lose twice")));

    static final List<String> SETTINGS = words("slow-ms video-bytes");

    private FaultNames() {}

    /** Every fault with its call, such as {@code look.500}. */
    static List<String> all() {
        return BY_CALL.entrySet().stream()
                .flatMap(call -> call.getValue().stream().map(name -> call.getKey() + "." + name))
                .toList();
    }

    static String nearest(String wrong) {
        return Stream.concat(all().stream(), SETTINGS.stream())
                .min(Comparator.comparingInt(name -> distance(wrong, name)))
                .orElseThrow();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static List<String> plus(List<String> names, String more) {
        return Stream.concat(names.stream(), words(more).stream()).toList();
    }
}
