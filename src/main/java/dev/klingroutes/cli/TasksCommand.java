package dev.klingroutes.cli;

import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.TaskState;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "tasks",
        description = "Lists tasks, those accepted last first.",
        footer = {
            "",
            "ID is any of: the beginning of its id (4 characters or more), the provider's task_id,",
            "its external_task_id, its name with its folder."
        })
final class TasksCommand implements Callable<Integer> {
    private static final int WHY = 100;

    private final Desk desk;
    @Spec private CommandSpec spec;

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "Only these: ${COMPLETION-CANDIDATES}")
    private List<TaskState> states = List.of();

    @Option(names = "--folder", paramLabel = "NAME", description = "Only in and below this folder")
    private String folder = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many, 0 for all (default: ${DEFAULT-VALUE})")
    private int limit = 50;

    @Option(names = "--json", description = "As a JSON array")
    private boolean json;

    TasksCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String below = folder.replaceFirst("/+$", "");
        try (Ledger ledger = desk.ledger()) {
            Listing listing = new Listing(ledger);
            String shut = new Gate(ledger, desk.settings()).standing().shut();
            List<Listing.Line> lines =
                    listing.lines(states, below, limit < 1 ? Integer.MAX_VALUE : limit);
            if (json) {
                long now = listing.now();
                out.println(
                        ScriptJson.of(
                                lines.stream().map(one -> TaskJson.of(one, shut, now)).toList()));
                return Commands.FINE;
            }
            if (lines.isEmpty()) {
                out.println(states.isEmpty() && below.isEmpty() ? "No tasks." : "No such tasks.");
                return Commands.FINE;
            }
            print(lines, shut, out);
            int more = listing.count(states, below) - lines.size();
            if (more > 0) {
                out.println("and " + more + " more (--limit 0 shows all)");
            }
            return Commands.FINE;
        }
    }

    private static void print(List<Listing.Line> lines, String shut, PrintWriter out) {
        Table table = new Table().row("ID", "STATE", "NAME", "AGE", "WHY");
        for (Listing.Line line : lines) {
            table.row(
                    line.task().id().substring(0, 8),
                    line.task().state(),
                    line.task().name(),
                    Words.span(line.age()),
                    Words.shortened(Why.of(line, shut), WHY));
        }
        table.print(out);
    }
}
