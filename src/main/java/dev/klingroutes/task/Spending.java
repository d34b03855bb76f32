package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import org.jdbi.v3.core.Handle;

/** What was spent, or is reserved because it may have been. */
final class Spending {
    private Spending() {}

    /**
     * On a day and after it: what was bought on one that has not come was bought by a clock that
     * was put back since.
     *
     * @param day UTC, counted from 1970-01-01
     * @param folder for tasks in and below it
     */
    static Dollars since(Handle handle, int day, String folder) {
        return new Dollars(
                handle.createQuery(
                                """
                                select coalesce(sum(cost), 0) from (
                                    select cost, folder from kling_task
                                    where bought_day >= :day
                                    union all
                                    select earlier.cost, folder from kling_earlier as earlier
                                    join kling_task on kling_task.id = earlier.task
                                    where earlier.bought_day >= :day) as bought
                                where :folder = '' or folder = :folder
                                    or substr(folder, 1, :length + 1) = :folder || '/'
                                """)
                        .bind("day", day)
                        .bind("folder", folder)
                        .bind("length", folder.length())
                        .mapTo(Long.class)
                        .one());
    }
}
