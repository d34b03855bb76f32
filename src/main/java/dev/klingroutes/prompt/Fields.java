package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields a prompt may have, in the order in which they are sent.
 *
 * <p>Names, types and limits are those of Kling's "Series 3.0 Model API Specification" (February
 * 2026) for text2video; `4k` came on 2026-04-23. What each model allows of them is not asked here.
 */
final class Fields {
    private static final String OURS = "is set by Kling Routes itself; leave it out";

    /** `model` is accepted by the provider, ignored, and kling-v1 is run and billed instead. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "model",
                    "is ignored by the provider, which would run kling-v1; use `model_name`",
                    "external_task_id",
                    OURS,
                    "callback_url",
                    OURS,
                    FolderBudgets.FIELD,
                    "holds for a folder; it belongs in the folder's _defaults.yaml");

    /** No model takes so much; how much each does take, models.yaml says. */
    private static final int MOST_CHARACTERS = 100_000;

    private final Map<String, Shape> shapes = new LinkedHashMap<>();
    private final boolean passUnknown;

    /**
     * @param modes the words that some model takes; none: each model's own rules decide
     * @param aspectRatios the same
     */
    Fields(boolean passUnknown, List<String> modes, List<String> aspectRatios) {
        this.passUnknown = passUnknown;
        shapes.put("name", new OwnName());
        shapes.put("kind", new Kind());
        shapes.put("prompt", new Words(MOST_CHARACTERS, true));
        shapes.put("negative_prompt", new Words(MOST_CHARACTERS, true));
        shapes.put("model_name", new Words(200, false));
        shapes.put("mode", oneOf(modes));
        shapes.put("duration", new Seconds());
        shapes.put("aspect_ratio", oneOf(aspectRatios));
        shapes.put("sound", Choice.of("on", "off"));
        shapes.put("cfg_scale", new Amount(0, 1, false));
        shapes.put("camera_control", new CameraControl(passUnknown));
        shapes.put("multi_shot", new Truth());
        shapes.put("shot_type", Choice.of("customize", "intelligence"));
        shapes.put("multi_prompt", multiPrompt());
        shapes.put("voice_list", new Items(2, parts(Map.of("voice_id", new Words(200, false)))));
        shapes.put("watermark_info", parts(Map.of("enabled", new Truth())));
    }

    private static Shape oneOf(List<String> words) {
        return words.isEmpty() ? new Words(200, false) : new Choice(words);
    }

    Set<String> names() {
        return shapes.keySet();
    }

    /** Whether a field of this name may stand in a prompt; if not, that has been said. */
    boolean allows(String name, Complaint complaint) {
        if (REFUSED.containsKey(name)) {
            complaint.about(name, "`" + name + "` " + REFUSED.get(name));
            return false;
        }
        if (!shapes.containsKey(name) && !passUnknown) {
            complaint.unknown(name, name, names());
            return false;
        }
        return true;
    }

    /** What is sent for these fields, without those that are null or wrong. */
    Map<String, Object> fit(Map<String, Object> written, boolean cells, Complaint complaint) {
        Map<String, Object> fitted = new LinkedHashMap<>();
        written.forEach(
                (name, value) -> {
                    if (value != null && allows(name, complaint)) {
                        Object sent = fit(name, value, cells, complaint);
                        if (sent != null) {
                            fitted.put(name, sent);
                        }
                    }
                });
        return fitted;
    }

    private Object fit(String name, Object value, boolean cell, Complaint complaint) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            return value;
        }
        return cell
                ? shape.fitText(name, (String) value, complaint)
                : shape.fit(name, value, complaint);
    }

    private Shape multiPrompt() {
        return new Items(
                6,
                parts(
                        Map.of(
                                "index", new Amount(0, 1000, true),
                                "prompt", new Words(512, false),
                                "duration", new Seconds())));
    }

    private Shape parts(Map<String, Shape> parts) {
        return new Parts(parts, passUnknown);
    }
}
