package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one model allows and costs, as models.yaml says it.
 *
 * @param kinds what it makes; empty: nothing is known of it
 * @param modes empty: it takes no {@code mode}
 * @param durations whole seconds
 * @param sound the modes in which it can have sound
 * @param cameraMode the one mode with {@code camera_control}, or null: it takes none
 * @param cameraDuration its one duration with {@code camera_control}
 * @param prompt how many characters
 * @param negativePrompt how many characters
 * @param price dollars a second by mode ("any" where it takes none), with "+sound" for sound
 */
record Model(
        String name,
        List<String> kinds,
        List<String> modes,
        List<Integer> durations,
        List<String> aspectRatios,
        List<String> sound,
        boolean cfgScale,
        String cameraMode,
        int cameraDuration,
        boolean multiShot,
        boolean voices,
        int prompt,
        int negativePrompt,
        Map<String, BigDecimal> price) {

    private static final String ANY = "any";

    /** What the list says a request of this model costs; empty: the list does not say. */
    Optional<Dollars> price(Map<String, ?> request) {
        String mode = modes.isEmpty() ? ANY : word(request, "mode", "std");
        boolean sound = word(request, "sound", "off").equals("on");
        BigDecimal aSecond = price.get(sound ? mode + "+sound" : mode);
        String seconds = word(request, "duration", "5");
        if (aSecond == null || !seconds.matches("\\d{1,4}")) {
            return Optional.empty();
        }
        return Optional.of(Dollars.of(aSecond.multiply(new BigDecimal(seconds))));
    }

    private static String word(Map<String, ?> request, String field, String otherwise) {
        Object value = request.get(field);
        return value == null ? otherwise : String.valueOf(value);
    }
}
