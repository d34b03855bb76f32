package dev.klingroutes.prompt;

import java.util.LinkedHashMap;
import java.util.Map;

/** How the camera moves: one of a few moves by name, or a `simple` one along a single axis. */
final class CameraControl implements Shape {
    private static final String SIMPLE = "simple";

    private final Parts parts;

    CameraControl(boolean passUnknown) {
        Map<String, Shape> axes = new LinkedHashMap<>();
        for (String axis : new String[] {"horizontal", "vertical", "pan", "tilt", "roll", "zoom"}) {
            axes.put(axis, new Amount(-10, 10, false));
        }
        Shape type =
                Choice.of(
                        SIMPLE,
                        "down_back",
                        "forward_up",
                        "right_turn_forward",
                        "left_turn_forward");
        parts =
                new Parts(
                        Map.of("type", type, "config", new Parts(axes, passUnknown)), passUnknown);
    }

    @Override
    public Object fit(String field, Object value, Complaint complaint) {
        return parts.fit(field, value, complaint) instanceof Map<?, ?> control
                        && agrees(field, control, complaint)
                ? control
                : null;
    }

    @Override
    public Object fitText(String field, String text, Complaint complaint) {
        return parts.fitText(field, text, complaint) instanceof Map<?, ?> control
                        && agrees(field, control, complaint)
                ? control
                : null;
    }

    private static boolean agrees(String field, Map<?, ?> control, Complaint complaint) {
        Object type = control.get("type");
        String config = field + ".config";
        if (type == null) {
            complaint.about(field, "`" + field + ".type` is missing");
            return false;
        }
        if (!type.equals(SIMPLE)) {
            if (control.containsKey("config")) {
                complaint.about(
                        config,
                        "`" + config + "` goes only with the type \"simple\"; leave it out");
                return false;
            }
            return true;
        }
        long moved =
                control.get("config") instanceof Map<?, ?> axes
                        ? axes.values().stream()
                                .filter(Number.class::isInstance)
                                .filter(amount -> ((Number) amount).doubleValue() != 0)
                                .count()
                        : 0;
        if (moved != 1) {
            complaint.about(
                    config,
                    "`"
                            + config
                            + "` moves along "
                            + moved
                            + " axes; with the type \"simple\" exactly one must not be 0");
        }
        return moved == 1;
    }
}
