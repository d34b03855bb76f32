package dev.klingroutes.prompt;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether a model does what it is asked for. What it does not do, the provider refuses, or drops
 * without a word and charges for.
 */
final class ModelRules {
    private static final String NAME = "model_name";

    private final Models models;
    private final boolean passUnknown;

    /**
     * @param passUnknown whether a model that is not on the list is left to the provider
     */
    ModelRules(Models models, boolean passUnknown) {
        this.models = models;
        this.passUnknown = passUnknown;
    }

    /** Says all that is wrong; takes out of it the defaults that the model has no field for. */
    void check(Asked asked, Complaint told) {
        Complaint complaint = asked.naming(told);
        Optional<Model> model = Optional.ofNullable(asked.text(NAME, "")).flatMap(models::find);
        if (model.isEmpty() && passUnknown) {
            Shots.checkPrompt(asked, complaint);
            return;
        }
        if (model.filter(ModelRules::makesVideosOfText).isPresent()) {
            check(model.get(), asked, complaint);
        } else if (!asked.wrong().contains(NAME)) {
            name(asked, model, complaint);
        }
        Shots.checkPrompt(asked, complaint);
        Shots.check(asked, complaint);
    }

    private static boolean makesVideosOfText(Model model) {
        return model.kinds().contains(Kind.TEXT_TO_VIDEO);
    }

    private void check(Model model, Asked asked, Complaint complaint) {
        length(model.prompt(), "prompt", model, asked, complaint);
        length(model.negativePrompt(), "negative_prompt", model, asked, complaint);
        mode(model, asked, complaint);
        duration(model, asked, complaint);
        aspectRatio(model, asked, complaint);
        sound(model, asked, complaint);
        only(asked, "cfg_scale", model, Model::cfgScale, complaint);
        only(asked, "camera_control", model, one -> one.cameraMode() != null, complaint);
        camera(model, asked, complaint);
        only(asked, "voice_list", model, Model::voices, complaint);
        if (asked.has("voice_list") && "off".equals(asked.text("sound", "off"))) {
            complaint.about("voice_list", "`voice_list` needs `sound` to be \"on\"");
        }
        if (Boolean.TRUE.equals(asked.value("multi_shot"))) {
            only(asked, "multi_shot", model, Model::multiShot, complaint);
        }
    }

    private void name(Asked asked, Optional<Model> model, Complaint complaint) {
        if (asked.lacks(NAME)) {
            complaint.about(
                    NAME, "`model_name` is missing; the provider would run and charge kling-v1");
            return;
        }
        String name = asked.text(NAME, "");
        String makers = "text2video is made by " + listed(models.names(any -> true), "and");
        if (model.isPresent()) {
            complaint.about(
                    NAME,
                    "`model_name` is "
                            + Shown.value(name)
                            + ", which is for "
                            + String.join(", ", model.get().kinds())
                            + "; "
                            + makers);
            return;
        }
        complaint.about(
                NAME,
                "`model_name` is "
                        + Shown.value(name)
                        + ", which is on no list (kling.prompt.models, kling.prompt.unknown-models); "
                        + Nearest.to(name, models.names())
                                .map(near -> "did you mean \"" + near + "\"?")
                                .orElse(makers));
    }

    private static void length(
            int most, String field, Model model, Asked asked, Complaint complaint) {
        if (asked.value(field) instanceof String text) {
            int length = text.codePointCount(0, text.length());
            if (length > most) {
                complaint.about(
                        field,
                        "`"
                                + field
                                + "` has "
                                + length
                                + " characters; "
                                + model.name()
                                + " takes at most "
                                + most);
            }
        }
    }

    private static void mode(Model model, Asked asked, Complaint complaint) {
        String mode = asked.text("mode", "std");
        if (model.modes().isEmpty()) {
            takesNone("mode", model, asked, complaint);
        } else if (mode != null && !model.modes().contains(mode)) {
            complaint.about(
                    "mode",
                    is("mode", asked, mode)
                            + model.name()
                            + " takes "
                            + Shown.anyOf(model.modes()));
        }
    }

    private static void duration(Model model, Asked asked, Complaint complaint) {
        String seconds = asked.text("duration", "5");
        if (seconds != null && !model.durations().contains(Integer.valueOf(seconds))) {
            complaint.about(
                    "duration",
                    is("duration", asked, Integer.valueOf(seconds))
                            + model.name()
                            + " makes "
                            + listed(model.durations(), "or")
                            + " seconds");
        }
    }

    private static String listed(List<?> all, String last) {
        boolean range =
                all.size() > 2
                        && IntStream.range(1, all.size())
                                .allMatch(
                                        i ->
                                                all.get(i) instanceof Integer next
                                                        && next.equals(
                                                                (Integer) all.get(i - 1) + 1));
        return range
                ? all.get(0) + " to " + all.get(all.size() - 1)
                : all.stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "))
                        .replaceFirst(", ([^,]*)$", " " + last + " $1");
    }

    private static void aspectRatio(Model model, Asked asked, Complaint complaint) {
        String ratio = asked.text("aspect_ratio", null);
        if (model.aspectRatios().isEmpty()) {
            takesNone("aspect_ratio", model, asked, complaint);
        } else if (ratio != null && !model.aspectRatios().contains(ratio)) {
            complaint.about(
                    "aspect_ratio",
                    is("aspect_ratio", asked, ratio)
                            + model.name()
                            + " takes "
                            + Shown.anyOf(model.aspectRatios()));
        }
    }

    private void sound(Model model, Asked asked, Complaint complaint) {
        String sound = asked.text("sound", "off");
        if (model.sound().isEmpty() && "off".equals(sound)) {
            // silent it is, and it has no field to say so
            asked.all().remove("sound");
            return;
        }
        String mode = model.modes().isEmpty() ? Model.ANY : asked.text("mode", "std");
        if (!"on".equals(sound) || mode == null || model.sound().contains(mode)) {
            return;
        }
        String problem = is("sound", asked, sound) + model.name();
        complaint.about(
                "sound",
                model.sound().isEmpty()
                        ? problem
                                + " is silent; sound is made by "
                                + listed(models.names(one -> !one.sound().isEmpty()), "and")
                        : problem
                                + " has sound only with mode "
                                + Shown.anyOf(model.sound())
                                + ", not with "
                                + Shown.value(mode));
    }

    private void only(
            Asked asked, String field, Model model, Predicate<Model> does, Complaint complaint) {
        if (asked.has(field) && !does.test(model)) {
            complaint.about(
                    field,
                    "`" + field + "`: " + model.name() + " does not take it; " + others(does));
        }
    }

    private String others(Predicate<Model> so) {
        List<String> names = models.names(so);
        return names.isEmpty()
                ? "no model of text2video does"
                : listed(names, "and") + (names.size() == 1 ? " does" : " do");
    }

    private static void camera(Model model, Asked asked, Complaint complaint) {
        if (!asked.has("camera_control") || model.cameraMode() == null) {
            return;
        }
        String mode = asked.text("mode", "std");
        String seconds = asked.text("duration", "5");
        boolean modeFits = mode == null || mode.equals(model.cameraMode());
        boolean secondsFit = seconds == null || seconds.equals("" + model.cameraDuration());
        if (!modeFits || !secondsFit) {
            complaint.about(
                    "camera_control",
                    "`camera_control` goes with "
                            + model.name()
                            + " only at mode \""
                            + model.cameraMode()
                            + "\" and "
                            + model.cameraDuration()
                            + " seconds, not at "
                            + (modeFits ? "" : "mode " + Shown.value(mode))
                            + (modeFits || secondsFit ? "" : " and ")
                            + (secondsFit ? "" : seconds + " seconds"));
        }
    }

    private static void takesNone(String field, Model model, Asked asked, Complaint complaint) {
        if (asked.has(field) && asked.all().get(field).setting()) {
            asked.all().remove(field);
        } else if (asked.has(field)) {
            complaint.about(
                    field,
                    is(field, asked, asked.value(field))
                            + model.name()
                            + " takes no `"
                            + field
                            + "`; leave it out");
        }
    }

    private static String is(String field, Asked asked, Object value) {
        return asked.has(field)
                ? "`" + field + "` is " + Shown.value(value) + "; "
                : "`" + field + "` is missing, which means " + Shown.value(value) + "; ";
    }
}
