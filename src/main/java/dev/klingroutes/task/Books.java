package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** What was bought, for how much, and what the budgets leave. Days are UTC days. */
public final class Books {
    private final Ledger ledger;
    private final Budget budget;

    /**
     * One video that was bought, or may have been.
     *
     * @param request the provider's body as JSON
     * @param known whether the provider has named it; else its price is only reserved
     * @param estimate by the price list, or null
     * @param cost what counts against the budgets, or null
     * @param deduction what the provider says it took, in its own units, or null
     */
    public record Entry(
            LocalDate day,
            String folder,
            String request,
            boolean known,
            Dollars estimate,
            Dollars cost,
            String deduction) {}

    /** One that waits to be sent. */
    public record Waiting(String kind, String request) {}

    /**
     * What a budget leaves.
     *
     * @param words such as "$10.00 a day"
     */
    public record Left(String words, Dollars most, Dollars spent, Dollars left) {}

    /** Reads {@code kling.budget.*}. */
    public Books(Ledger ledger, Settings settings) {
        this.ledger = ledger;
        budget = new Budget(settings);
    }

    /** The day on which what is bought now is booked. */
    public LocalDate today() {
        return LocalDate.ofEpochDay(ledger.read(handle -> Budget.day(ledger.now(handle))));
    }

    /** Everything of these days, the earliest first. */
    public List<Entry> bought(LocalDate from, LocalDate to) {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        """
                                        select * from (
                                            select bought_day, folder, request, task_id, estimate, cost,
                                                deduction
                                            from kling_task where bought_day between :from and :to
                                            union all
                                            select earlier.bought_day, folder, request,
                                                earlier.task_id, earlier.estimate, earlier.cost,
                                                earlier.deduction
                                            from kling_earlier as earlier
                                            join kling_task on kling_task.id = earlier.task
                                            where earlier.bought_day between :from and :to) as bought
                                        order by bought_day
                                        """)
                                .bind("from", (int) from.toEpochDay())
                                .bind("to", (int) to.toEpochDay())
                                .map(
                                        (row, context) ->
                                                new Entry(
                                                        LocalDate.ofEpochDay(
                                                                row.getInt("bought_day")),
                                                        row.getString("folder"),
                                                        row.getString("request"),
                                                        row.getString("task_id") != null,
                                                        TaskRow.dollars(row, "estimate"),
                                                        TaskRow.dollars(row, "cost"),
                                                        row.getString("deduction")))
                                .list());
    }

    /** What is accepted and not sent. */
    public List<Waiting> waiting() {
        return ledger.read(
                handle ->
                        handle.createQuery(
                                        "select kind, request from kling_task"
                                                + " where state = 'ACCEPTED'")
                                .map(
                                        (row, context) ->
                                                new Waiting(
                                                        row.getString("kind"),
                                                        row.getString("request")))
                                .list());
    }

    /** Every folder that a task was ever dropped in. */
    public List<String> folders() {
        return ledger.read(
                handle ->
                        handle.createQuery("select distinct folder from kling_task order by folder")
                                .mapTo(String.class)
                                .list());
    }

    /**
     * What the budgets leave now.
     *
     * @param folders what may be spent a day in folders
     */
    public List<Left> left(Map<String, Dollars> folders) {
        return ledger.read(handle -> budget.left(handle, Budget.day(ledger.now(handle)), folders));
    }
}
