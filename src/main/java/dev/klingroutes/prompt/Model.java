package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one model allows and costs, as models.yaml says it.
 *
 * @param kinds what it makes, as the provider's paths call it
 * @param modes empty: it takes no {@code mode}
 * @param durations whole seconds
 * @param aspectRatios empty: it takes no {@code aspect_ratio}
 * @param sound the modes in which it can have sound ("any" where it takes none)
 * @param cameraMode the one mode with {@code camera_control}, or null: it takes none
 * @param cameraDuration its one duration with {@code camera_control}
 * @param prompt how many characters
 * @param negativePrompt how many characters
 * @param price dollars a second by mode ("any" where it takes none), with "+sound" for sound
 * @param priceFrom whose price list, and of when
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
        Map<String, BigDecimal> price,
        String priceFrom) {

    /** Stands for the mode where a model takes none. */
    static final String ANY = "any";

    static final String WITH_SOUND = "+sound";

    /** What the list says a request of this model costs; empty: the list does not say. */
    Optional<Dollars> price(Map<String, ?> request) {
        String mode = modes.isEmpty() ? ANY : word(request, "mode", "std");
        boolean sound = word(request, "sound", "off").equals("on");
        BigDecimal aSecond = price.get(sound ? mode + WITH_SOUND : mode);
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
