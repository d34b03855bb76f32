package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@code kling.dry-run} does with a dropped file: it says what would be bought or refused, and
 * leaves everything where it is. No provider and no ledger is asked.
 */
public final class DryRun {
    static final String SCHEMA = "kling-routes/plan/1";

    /** As a file was when it was planned. */
    private record Seen(Path file, FileTime changed, long size) {}

    private final Planner planner;
    private final RefusedDrops refused;
    private final Clock clock;
    private final Path inbox;
    private final DryRunFiles plans;
    private final DryRunFiles errors;
    private final Map<String, List<Seen>> planned = new ConcurrentHashMap<>();

    /** Reads {@code kling.inbox.dir}, {@code kling.outbox.dir} and {@code kling.failed.dir}. */
    public DryRun(Planner planner, RefusedDrops refused, Settings settings, Clock clock) {
        this.planner = planner;
        this.refused = refused;
        this.clock = clock;
        inbox = settings.folder("kling.inbox.dir");
        plans = new DryRunFiles(settings.folder("kling.outbox.dir"), ".plan.json");
        errors = new DryRunFiles(settings.folder("kling.failed.dir"), ".error.json");
    }

    /**
     * Plans a file that is new, or has changed together with the defaults above it.
     *
     * @param source its path below the inbox
     * @return what would happen, for people; null if that was told before, or the file has gone
     */
    public String plan(String source) throws IOException {
        String name = source.replace('\\', '/');
        Path file = inbox.resolve(source);
        List<Path> defaults = Inbox.defaultsAbove(inbox, Drop.folder(name));
        try {
            List<Seen> now = seen(file, defaults);
            if (now.equals(planned.get(name))) {
                return null;
            }
            String told = told(name, file, defaults);
            planned.put(name, now);
            return told;
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    private static List<Seen> seen(Path file, List<Path> defaults) throws IOException {
        List<Path> files = new ArrayList<>(defaults);
        files.add(file);
        List<Seen> seen = new ArrayList<>();
        for (Path each : files) {
            seen.add(new Seen(each, Files.getLastModifiedTime(each), Files.size(each)));
        }
        return seen;
    }

    private String told(String source, Path file, List<Path> defaults) throws IOException {
        try {
            Plan plan = planned(file, defaults);
            plans.write(source, facts(source, plan));
            errors.remove(source);
            return source + "  " + words(plan) + "; nothing was sent";
        } catch (PromptRefused refusal) {
            Map<String, Object> error =
                    refused.error(
                            source,
                            refusal,
                            "This was a dry run: nothing was bought, and "
                                    + source
                                    + " lies in the inbox as it did. Correct it there.");
            error.put("dry_run", true);
            errors.write(source, error);
            plans.remove(source);
            return source + "  would be refused, nothing was sent: " + refusal.getMessage();
        }
    }

    private Plan planned(Path file, List<Path> defaults) throws PromptRefused, IOException {
        try {
            return planner.plan(file, defaults);
        } catch (AccessDeniedException e) {
            throw PromptRefused.unreadable(file);
        }
    }

    private static String words(Plan plan) {
        int bought = plan.bought().size();
        int not = plan.prompts().size() - bought;
        String words =
                bought == 0
                        ? "would buy nothing"
                        : "would buy "
                                + (bought == 1 ? "1 video" : bought + " videos")
                                + plan.total()
                                        .map(total -> " for about " + total)
                                        .orElse(", at a price that is not on the list");
        return words
                + (not == 0 ? "" : ", " + not + " would be refused by the budget")
                + plan.notes().stream().map(note -> "; " + note).reduce("", String::concat);
    }

    private Map<String, Object> facts(String source, Plan plan) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", SCHEMA);
        all.put("dry_run", true);
        all.put("source", source);
        all.put("videos", plan.bought().size());
        all.put("dollars", amount(plan.total().orElse(null)));
        all.put("notes", plan.notes());
        all.put("prompts", plan.prompts().stream().map(DryRun::facts).toList());
        all.put("written", clock.instant().toString());
        return all;
    }

    private static Map<String, Object> facts(Plan.Planned prompt) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", prompt.name());
        all.put("kind", prompt.kind());
        all.put("request", prompt.request());
        all.put("dollars", amount(prompt.estimate().orElse(null)));
        all.put("price", prompt.price());
        all.put("refused", prompt.refusal());
        return all;
    }

    private static Object amount(Dollars dollars) {
        return dollars == null ? null : dollars.amount();
    }
}
