package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be spent a day on the prompts in and below a folder: {@code budget-per-day} in its
 * {@code _defaults.yaml}. Read when a task is sent, so that a changed budget holds for those that
 * wait.
 */
public final class FolderBudgets {
    static final String FIELD = "budget-per-day";

    private final Path inbox;

    /** Reads {@code kling.inbox.dir}. */
    public FolderBudgets(Settings settings) {
        inbox = settings.folder("kling.inbox.dir");
    }

    /**
     * The budgets that a task of this folder must keep, by the folder they were set for; each
     * counts, not only the nearest.
     *
     * @throws IOException if one cannot be read or understood: nothing is sent then
     */
    public Map<String, Dollars> of(String folder) throws IOException {
        return in(Inbox.defaultsAbove(inbox, folder));
    }

    /** The budgets in these {@code _defaults.yaml} files. */
    Map<String, Dollars> in(List<Path> files) throws IOException {
        Map<String, Dollars> budgets = new LinkedHashMap<>();
        for (Path defaults : files) {
            Faults faults = new Faults();
            FolderDefaults.budget(FolderDefaults.written(defaults, faults), faults)
                    .ifPresent(most -> budgets.put(folderOf(defaults), most));
            if (faults.count() > 0) {
                throw new IOException(
                        "the "
                                + FIELD
                                + " of "
                                + defaults
                                + " cannot be read: "
                                + faults.kept().get(0).problem());
            }
        }
        return budgets;
    }

    private String folderOf(Path defaults) {
        Path folder = defaults.toAbsolutePath().getParent();
        Path home = inbox.toAbsolutePath();
        Path whose = folder.startsWith(home) ? home.relativize(folder) : folder;
        return whose.toString().replace('\\', '/');
    }
}
