package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** What may be spent: for one task, a UTC day, a month, and a day in a folder. */
public final class Budget {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** What was reserved may be released before, and a folder's budget raised. */
    private static final Duration AGAIN = Duration.ofMinutes(10);

    private static final Dollars NO_LIMIT = new Dollars(Long.MAX_VALUE);

    /**
     * @param words what it is called when it is used up
     * @param folder it holds for tasks in and below this folder
     */
    private record Cap(String words, Dollars most, boolean monthly, String folder) {
        int since(int day) {
            return monthly ? (int) LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay() : day;
        }
    }

    private final Dollars perTask;
    private final List<Cap> caps = new ArrayList<>();

    /** Reads {@code kling.budget.per-task}, {@code .per-day} and {@code .per-month}. */
    public Budget(Settings settings) {
        perTask = settings.dollars("kling.budget.per-task").orElse(NO_LIMIT);
        settings.dollars("kling.budget.per-day")
                .ifPresent(most -> caps.add(new Cap(most + " a day", most, false, "")));
        settings.dollars("kling.budget.per-month")
                .ifPresent(most -> caps.add(new Cap(most + " a month", most, true, "")));
    }

    static int day(long moment) {
        return (int) Math.floorDiv(moment, DAY_MILLIS);
    }

    /**
     * Why no budget will ever let a task of this price pass; null if one may.
     *
     * @param estimate null if the price is not known
     * @param folders the budgets a day of the folders that it lies in
     */
    public String refusal(Dollars estimate, Map<String, Dollars> folders) {
        List<Cap> all = all(folders);
        if (estimate == null) {
            return all.isEmpty() && perTask == NO_LIMIT
                    ? null
                    : "its price is not on the list (models.yaml), and with a budget nothing is"
                            + " bought whose price is unknown";
        }
        if (estimate.compareTo(perTask) > 0) {
            return "it would cost " + estimate + "; the budget is " + perTask + " a task";
        }
        return all.stream()
                .filter(cap -> estimate.compareTo(cap.most()) > 0)
                .map(cap -> "it would cost " + estimate + "; the budget is " + cap.words())
                .findFirst()
                .orElse(null);
    }

    /** The budgets that tasks of this price together would use up, in words: "$10.00 a day". */
    public List<String> usedUpBy(Dollars sum, Map<String, Dollars> folders) {
        return all(folders).stream()
                .filter(cap -> sum.compareTo(cap.most()) > 0)
                .map(Cap::words)
                .toList();
    }

    /** Why a task of this price must wait; null if it need not. Under the gate's lock. */
    Gate.Answer spent(Handle handle, long moment, Dollars estimate, Map<String, Dollars> folders) {
        for (Cap cap : all(folders)) {
            int day = day(moment);
            Dollars spent = Spending.since(handle, cap.since(day), cap.folder());
            if (spent.plus(estimate).compareTo(cap.most()) > 0) {
                long midnight = (day + 1) * DAY_MILLIS - moment;
                return Gate.Answer.spent(
                        Gate.Kind.SPENT,
                        "the budget of " + cap.words() + " has " + spent + " spent or reserved",
                        Duration.ofMillis(Math.min(midnight, AGAIN.toMillis())));
            }
        }
        return null;
    }

    /** What each budget leaves on this day; a price for one task is none. */
    List<Books.Left> left(Handle handle, int day, Map<String, Dollars> folders) {
        return all(folders).stream()
                .map(
                        cap -> {
                            Dollars spent = Spending.since(handle, cap.since(day), cap.folder());
                            long left = cap.most().millionths() - spent.millionths();
                            return new Books.Left(
                                    cap.words(),
                                    cap.most(),
                                    spent,
                                    left < 0 ? Dollars.NONE : new Dollars(left));
                        })
                .toList();
    }

    private List<Cap> all(Map<String, Dollars> folders) {
        List<Cap> all = new ArrayList<>(caps);
        folders.forEach(
                (folder, most) -> {
                    String where = folder.isEmpty() ? "the inbox" : folder + "/";
                    all.add(new Cap(most + " a day in " + where, most, false, folder));
                });
        return all;
    }
}
