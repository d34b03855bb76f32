package dev.klingroutes.cli;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.task.Gate;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.Listing;
import dev.klingroutes.task.NotPossible;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.Video;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Shows everything about one task.")
final class ShowCommand implements Callable<Integer> {
    private final Desk desk;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "See tasks --help")
    private String id;

    @Option(names = "--json", description = "As a JSON object")
    private boolean json;

    ShowCommand(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws NotPossible {
        PrintWriter out = spec.commandLine().getOut();
        try (Ledger ledger = desk.ledger()) {
            Listing listing = new Listing(ledger);
            String shut = new Gate(ledger, desk.settings()).standing().shut();
            Listing.Line line = listing.one(id);
            List<Listing.Earlier> earlier = listing.earlier(line.task());
            if (json) {
                Map<String, Object> all = TaskJson.of(line, shut, listing.now());
                all.put("bought_before", TaskJson.earlier(earlier));
                out.println(ScriptJson.of(all));
            } else {
                table(line, shut, earlier).print(out);
            }
            return Commands.FINE;
        }
    }

    private static Table table(Listing.Line line, String shut, List<Listing.Earlier> earlier) {
        Task task = line.task();
        Task.Times times = task.times();
        Table table = new Table();
        table.row("task", task.id());
        table.row("name", task.name());
        table.row("state", task.state() + ": " + Why.of(line, shut));
        table.row("from", task.source() + ", row " + (task.row() + 1));
        table.row("provider", task.address());
        row(table, "task_id", task.taskId());
        table.row("external_task_id", task.externalId());
        table.row("accepted", Words.moment(times.accepted()));
        row(table, "sent", Words.moment(times.submitting()));
        row(table, "submitted", Words.moment(times.submitted()));
        row(table, "succeeded", Words.moment(times.succeeded()));
        row(table, "ended", Words.moment(times.ended()));
        table.row("looks", task.looks());
        row(table, "decision", decision(task.decision()));
        row(table, "last message", words(task.code(), task.message(), requestId(task.requestId())));
        row(table, "cost", cost(task));
        table.row("request", task.kind() + " " + task.request());
        for (Video video : task.videos()) {
            table.row("video", video(video));
        }
        for (Listing.Earlier one : earlier) {
            table.row("bought before", earlier(one));
        }
        return table;
    }

    private static void row(Table table, String name, String value) {
        if (value != null && !value.isEmpty()) {
            table.row(name, value);
        }
    }

    private static String decision(Task.Decision decision) {
        return words(
                decision.verdict(),
                decision.code(),
                decision.message(),
                requestId(decision.requestId()));
    }

    private static String requestId(String id) {
        return id == null ? null : "request " + id;
    }

    private static String cost(Task task) {
        Task.Money money = task.money();
        return words(
                money.cost() == null ? null : money.cost() + " counted",
                money.estimate() == null ? null : money.estimate() + " estimated",
                money.boughtDay() == null ? null : "on " + LocalDate.ofEpochDay(money.boughtDay()),
                task.deduction() == null ? null : task.deduction() + " units deducted");
    }

    private static String video(Video video) {
        return words(
                video.file() == null ? "not yet here" : video.file(),
                video.size() == null ? null : video.size() + " bytes",
                video.duration() == null ? null : video.duration() + " s",
                video.sha256() == null ? null : "sha256 " + video.sha256());
    }

    private static String earlier(Listing.Earlier one) {
        return words(
                one.taskId() == null ? "never created" : one.taskId(),
                one.cost() == null ? null : one.cost().toString(),
                Words.moment(one.submitting()),
                one.code(),
                one.message());
    }

    private static String words(String... parts) {
        return Stream.of(parts)
                .filter(part -> part != null && !part.isBlank())
                .collect(joining(", "));
    }
}
