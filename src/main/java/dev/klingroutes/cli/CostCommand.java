package dev.klingroutes.cli;

import dev.klingroutes.Dollars;
import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.provider.Json;
import dev.klingroutes.task.Books;
import dev.klingroutes.task.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "cost",
        description =
                "Tells what was spent or is reserved, by the price list, and what the budgets leave."
                        + " Days are UTC days.")
final class CostCommand implements Callable<Integer> {
    private static final String AMOUNT = "\\d{1,6}(\\.\\d{1,6})?";

    private final Desk desk;
    @Spec private CommandSpec spec;

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "Of the last N days (default: ${DEFAULT-VALUE})")
    private int days = 30;

    @Option(names = "--json", description = "As a JSON object")
    private boolean json;

    CostCommand(Desk desk) {
        this.desk = desk;
    }

    /** What some videos cost together. */
    private static final class Sum {
        private int videos;
        private int unpriced;
        private int reservations;
        private Dollars cost = Dollars.NONE;
        private Dollars reserved = Dollars.NONE;
        private int deductions;
        private BigDecimal units = BigDecimal.ZERO;
        private Dollars estimate = Dollars.NONE;

        void add(Books.Entry entry) {
            videos++;
            if (entry.cost() == null) {
                unpriced++;
            } else {
                cost = cost.plus(entry.cost());
            }
            if (!entry.known()) {
                reservations++;
                reserved = entry.cost() == null ? reserved : reserved.plus(entry.cost());
            }
            if (entry.deduction() != null && entry.deduction().matches(AMOUNT)) {
                deductions++;
                units = units.add(new BigDecimal(entry.deduction()));
                estimate = entry.estimate() == null ? estimate : estimate.plus(entry.estimate());
            }
        }

        Map<String, Object> json() {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("videos", videos);
            all.put("cost", ScriptJson.dollars(cost));
            all.put("reserved", ScriptJson.dollars(reserved));
            all.put("without_price", unpriced);
            return all;
        }
    }

    private record Waiting(int tasks, Dollars cost, int unpriced) {}

    @Override
    public Integer call() throws IOException {
        if (days < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--days is " + days + "; it must be at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Ledger ledger = desk.ledger()) {
            Books books = new Books(ledger, desk.settings());
            LocalDate today = books.today();
            LocalDate first = today.minusDays(Math.max(0, Math.min(days, 36_500) - 1));
            LocalDate month = today.withDayOfMonth(1);
            List<Books.Entry> all = books.bought(first.isBefore(month) ? first : month, today);
            List<Books.Entry> chosen =
                    all.stream().filter(entry -> !entry.day().isBefore(first)).toList();
            Map<String, Sum> totals = new LinkedHashMap<>();
            totals.put("today", sum(all, today));
            totals.put("this month", sum(all, month));
            totals.put("last " + Words.count(days, "day"), sum(chosen, first));
            Map<String, Map<String, Sum>> parts = new LinkedHashMap<>();
            parts.put("day", by(chosen, entry -> entry.day().toString()));
            parts.put("model", by(chosen, CostCommand::model));
            parts.put("folder", by(chosen, Books.Entry::folder));
            Waiting waiting = waiting(books);
            List<Books.Left> left = books.left(folders(books));
            if (json) {
                out.println(ScriptJson.of(json(totals, parts, waiting, left)));
            } else {
                print(out, totals, parts, waiting, left);
            }
            return Commands.FINE;
        }
    }

    private static Sum sum(List<Books.Entry> entries, LocalDate from) {
        Sum sum = new Sum();
        entries.stream().filter(entry -> !entry.day().isBefore(from)).forEach(sum::add);
        return sum;
    }

    private static Map<String, Sum> by(
            List<Books.Entry> entries, Function<Books.Entry, String> part) {
        Map<String, Sum> sums = new TreeMap<>();
        entries.forEach(
                entry -> sums.computeIfAbsent(part.apply(entry), any -> new Sum()).add(entry));
        return sums;
    }

    private static String model(Books.Entry entry) {
        return Json.parse(entry.request()).path("model_name").asText("(not named)");
    }

    private Waiting waiting(Books books) {
        Models models = new Models(desk.settings());
        Dollars cost = Dollars.NONE;
        int unpriced = 0;
        List<Books.Waiting> all = books.waiting();
        for (Books.Waiting one : all) {
            var price = models.price(one.kind(), Json.map(one.request()));
            unpriced += price.isEmpty() ? 1 : 0;
            cost = cost.plus(price.orElse(Dollars.NONE));
        }
        return new Waiting(all.size(), cost, unpriced);
    }

    private Map<String, Dollars> folders(Books books) throws IOException {
        FolderBudgets budgets = new FolderBudgets(desk.settings());
        Map<String, Dollars> folders = new TreeMap<>(budgets.of(""));
        for (String folder : books.folders()) {
            folders.putAll(budgets.of(folder));
        }
        return folders;
    }

    private static void print(
            PrintWriter out,
            Map<String, Sum> totals,
            Map<String, Map<String, Sum>> parts,
            Waiting waiting,
            List<Books.Left> left) {
        Table sums = new Table().row("", "VIDEOS", "COST", "OF IT RESERVED");
        totals.forEach((when, sum) -> row(sums, when, sum));
        sums.print(out);
        parts.forEach(
                (part, all) -> {
                    if (!all.isEmpty()) {
                        out.println();
                        Table table =
                                new Table()
                                        .row(
                                                "BY " + part.toUpperCase(java.util.Locale.ROOT),
                                                "VIDEOS",
                                                "COST",
                                                "OF IT RESERVED");
                        all.forEach((name, sum) -> row(table, name.isEmpty() ? "." : name, sum));
                        table.print(out);
                    }
                });
        out.println();
        Sum all = last(totals);
        if (all.unpriced > 0) {
            out.println(
                    Words.count(all.unpriced, "video")
                            + " had no price on the list: not in these sums");
        }
        if (all.deductions > 0) {
            out.println(
                    "the provider says it deducted "
                            + all.units.toPlainString()
                            + " units for "
                            + Words.count(all.deductions, "video")
                            + " estimated at "
                            + all.estimate);
        }
        out.println(waiting(waiting));
        if (left.isEmpty()) {
            out.println("no budget is set");
            return;
        }
        out.println();
        Table budgets = new Table().row("BUDGET", "USED", "LEFT");
        left.forEach(one -> budgets.row(one.words(), one.spent(), one.left()));
        budgets.print(out);
    }

    private static void row(Table table, String name, Sum sum) {
        String reserved =
                sum.reservations == 0
                        ? ""
                        : sum.reserved + " for " + Words.count(sum.reservations, "video");
        table.row(name, sum.videos, sum.cost, reserved);
    }

    private static Sum last(Map<String, Sum> totals) {
        return List.copyOf(totals.values()).get(totals.size() - 1);
    }

    private static String waiting(Waiting waiting) {
        if (waiting.tasks() == 0) {
            return "no task waits to be sent";
        }
        return Words.count(waiting.tasks(), "task")
                + (waiting.tasks() == 1 ? " waits" : " wait")
                + " to be sent and would cost "
                + waiting.cost()
                + (waiting.unpriced() == 0
                        ? ""
                        : ", without " + waiting.unpriced() + " of unknown price");
    }

    private static Map<String, Object> json(
            Map<String, Sum> totals,
            Map<String, Map<String, Sum>> parts,
            Waiting waiting,
            List<Books.Left> left) {
        Map<String, Object> all = new LinkedHashMap<>();
        totals.forEach(
                (when, sum) ->
                        all.put(
                                when.startsWith("last") ? "all_days" : when.replace(' ', '_'),
                                sum.json()));
        parts.forEach(
                (part, sums) -> {
                    Map<String, Object> named = new LinkedHashMap<>();
                    sums.forEach((name, sum) -> named.put(name, sum.json()));
                    all.put("by_" + part, named);
                });
        Sum sum = last(totals);
        Map<String, Object> deducted = new LinkedHashMap<>();
        deducted.put("units", sum.units);
        deducted.put("videos", sum.deductions);
        deducted.put("estimate", ScriptJson.dollars(sum.estimate));
        all.put("deducted", deducted);
        Map<String, Object> waits = new LinkedHashMap<>();
        waits.put("tasks", waiting.tasks());
        waits.put("cost", ScriptJson.dollars(waiting.cost()));
        waits.put("without_price", waiting.unpriced());
        all.put("waiting", waits);
        all.put(
                "budgets",
                left.stream()
                        .map(
                                one -> {
                                    Map<String, Object> budget = new LinkedHashMap<>();
                                    budget.put("budget", one.words());
                                    budget.put("most", ScriptJson.dollars(one.most()));
                                    budget.put("used", ScriptJson.dollars(one.spent()));
                                    budget.put("left", ScriptJson.dollars(one.left()));
                                    return budget;
                                })
                        .toList());
        return all;
    }
}
