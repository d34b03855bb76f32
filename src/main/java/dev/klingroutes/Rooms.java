package dev.klingroutes;

import dev.klingroutes.prompt.Nearest;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which rooms run here. The clock and the error files go with the rooms that move tasks, the outbox
 * with video-download; a room that is not run by itself is still there to be called. In a dry run
 * none of them runs, and {@code dry-run} does where prompt-inbox was asked for.
 */
public final class Rooms {
    /** The rooms that move tasks, and so need the clock. */
    private static final List<String> OF_TASKS =
            List.of("task-submit", "task-watch", "video-download");

    private static final List<String> ALL =
            List.of("prompt-inbox", OF_TASKS.get(0), OF_TASKS.get(1), OF_TASKS.get(2));

    private static final Set<String> WITH_TASKS = Set.of("task-clock", "failure");

    private static final String DRY_RUN = "dry-run";

    private final Set<String> running;

    /** Those of the application. */
    static Rooms of(Settings settings) {
        return new Rooms(settings.text("kling.rooms"), settings.dryRun());
    }

    /**
     * @param text {@code kling.rooms}: {@code all}, {@code none}, or names separated by commas
     * @param dryRun {@code kling.dry-run}
     * @throws CannotStart naming what is no room, with the nearest that is one
     */
    public Rooms(String text, boolean dryRun) {
        try {
            Set<String> asked = named(text);
            if (dryRun) {
                asked = asked.contains("prompt-inbox") ? Set.of(DRY_RUN) : Set.of();
            }
            running = asked;
        } catch (IllegalArgumentException e) {
            throw new CannotStart("kling.rooms is \"" + text.strip() + "\": " + e.getMessage(), e);
        }
    }

    /** Whether this room does its work here, such as {@code task-watch}. */
    public boolean runs(String room) {
        return WITH_TASKS.contains(room)
                ? OF_TASKS.stream().anyMatch(running::contains)
                : running.contains(room);
    }

    /**
     * Reads a list of rooms.
     *
     * @throws IllegalArgumentException naming what is none
     */
    static Set<String> named(String text) {
        if (text.strip().equals("all")) {
            return Set.copyOf(ALL);
        }
        if (text.strip().equals("none")) {
            return Set.of();
        }
        Set<String> named = new LinkedHashSet<>();
        for (String name : Arrays.stream(text.split(",", -1)).map(String::strip).toList()) {
            if (!ALL.contains(name)) {
                throw new IllegalArgumentException(
                        "\""
                                + name
                                + "\" is no room"
                                + Nearest.to(name, ALL)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(".")
                                + " It must be all, none, or some of "
                                + String.join(",", ALL));
            }
            named.add(name);
        }
        return named;
    }
}
