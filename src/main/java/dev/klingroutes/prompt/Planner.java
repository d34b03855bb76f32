package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.task.Budget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells what a file would buy, and for how much, without buying it. */
public final class Planner {
    private final PromptReader reader;
    private final Models models;
    private final Budget budget;
    private final FolderBudgets folders;

    /** Reads {@code kling.budget.*} and {@code kling.inbox.dir}. */
    public Planner(PromptReader reader, Models models, Settings settings) {
        this.reader = reader;
        this.models = models;
        budget = new Budget(settings);
        folders = new FolderBudgets(settings);
    }

    /**
     * Plans a file. Touches neither the ledger nor the provider: what was spent before is not
     * counted.
     *
     * @param folderDefaults the _defaults.yaml files that hold, outermost first
     * @throws PromptRefused if anything in the file or in its defaults is wrong: all of it would be
     *     refused
     * @throws IOException if the file cannot be read
     */
    public Plan plan(Path file, List<Path> folderDefaults) throws PromptRefused, IOException {
        List<Prompt> prompts = reader.read(file, folderDefaults);
        Map<String, Dollars> caps = folders.in(folderDefaults);
        List<Plan.Planned> planned = prompts.stream().map(prompt -> planned(prompt, caps)).toList();
        Plan plan = new Plan(planned, List.of());
        return new Plan(planned, notes(plan, caps));
    }

    private Plan.Planned planned(Prompt prompt, Map<String, Dollars> caps) {
        Optional<Dollars> estimate = models.price(prompt.kind(), prompt.request());
        return new Plan.Planned(
                prompt.name(),
                prompt.kind(),
                prompt.request(),
                estimate,
                estimate.isEmpty() ? "unknown" : models.priceFrom(prompt.request()),
                budget.refusal(estimate.orElse(null), caps));
    }

    private List<String> notes(Plan plan, Map<String, Dollars> caps) {
        List<String> notes = new ArrayList<>();
        for (String cap : budget.usedUpBy(plan.known(), caps)) {
            notes.add(
                    "together they would cost "
                            + plan.known()
                            + "; the budget is "
                            + cap
                            + ", so some of them would wait for the next");
        }
        return notes;
    }
}
