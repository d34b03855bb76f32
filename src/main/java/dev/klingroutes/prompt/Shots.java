package dev.klingroutes.prompt;

import java.util.List;
import java.util.Map;

/** Whether the shots of a prompt fit together; what does not fit the provider drops in silence. */
final class Shots {
    private static final String CUSTOMIZE = "customize";

    private Shots() {}

    /** A prompt must say something, unless its shots do. */
    static void checkPrompt(Asked asked, Complaint complaint) {
        if (asked.lacks("prompt") && !hold(asked)) {
            complaint.about("prompt", "`prompt` is missing or blank");
        }
    }

    private static boolean hold(Asked asked) {
        boolean many =
                !asked.lacks("multi_shot") && !Boolean.FALSE.equals(asked.value("multi_shot"));
        boolean own = !asked.lacks("shot_type") && !"intelligence".equals(asked.value("shot_type"));
        return many && own;
    }

    static void check(Asked asked, Complaint complaint) {
        if (asked.wrong().contains("multi_shot")) {
            return;
        }
        if (!Boolean.TRUE.equals(asked.value("multi_shot"))) {
            ignored(asked, "shot_type", "without `multi_shot: true`", complaint);
            ignored(asked, "multi_prompt", "without `multi_shot: true`", complaint);
            return;
        }
        String type = asked.text("shot_type", "");
        if ("".equals(type)) {
            complaint.about(
                    "shot_type",
                    "`shot_type` is missing; with `multi_shot` it must be \"customize\" or"
                            + " \"intelligence\"");
        } else if ("intelligence".equals(type)) {
            ignored(asked, "multi_prompt", "with `shot_type` \"intelligence\"", complaint);
        } else if (CUSTOMIZE.equals(type)) {
            ignored(asked, "prompt", "with `shot_type` \"customize\"", complaint);
            each(asked, complaint);
        }
    }

    private static void ignored(Asked asked, String field, String when, Complaint complaint) {
        if (asked.has(field)) {
            complaint.about(
                    field, "`" + field + "` is ignored by the provider " + when + "; leave it out");
        }
    }

    private static void each(Asked asked, Complaint complaint) {
        if (asked.lacks("multi_prompt")) {
            complaint.about(
                    "multi_prompt",
                    "`multi_prompt` is missing; `shot_type` \"customize\" needs 1 to 6 shots");
        }
        if (!(asked.value("multi_prompt") instanceof List<?> shots)) {
            return;
        }
        int together = 0;
        boolean whole = true;
        for (int i = 0; i < shots.size(); i++) {
            Map<?, ?> shot = (Map<?, ?>) shots.get(i);
            for (String part : List.of("prompt", "duration")) {
                if (shot.get(part) == null) {
                    String field = "multi_prompt[" + i + "]." + part;
                    complaint.about(field, "`" + field + "` is missing");
                }
            }
            whole = whole && shot.get("duration") != null;
            together += whole ? Integer.parseInt((String) shot.get("duration")) : 0;
        }
        String seconds = asked.text("duration", "5");
        if (whole && seconds != null && together != Integer.parseInt(seconds)) {
            complaint.about(
                    "duration",
                    "`duration` is "
                            + seconds
                            + ", but the shots of `multi_prompt` last "
                            + together
                            + " seconds together");
        }
    }
}
