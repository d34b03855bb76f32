package dev.klingroutes.task;

import dev.klingroutes.Dollars;
import org.jdbi.v3.core.Handle;

/** What was spent, or is reserved because it may have been. */
final class Spending {
    private Spending() {}

    /**
     * @param from the first UTC day, counted from 1970-01-01
     * @param to the last one
     * @param folder for tasks in and below it
     */
    static Dollars between(Handle handle, int from, int to, String folder) {
        return new Dollars(
                handle.createQuery(
                                """
                                select coalesce(sum(cost), 0) from (
                                    select cost, folder from kling_task
                                    where bought_day between :from and :to
                                    union all
                                    select earlier.cost, folder from kling_earlier as earlier
                                    join kling_task on kling_task.id = earlier.task
                                    where earlier.bought_day between :from and :to) as bought
                                where :folder = '' or folder = :folder
                                    or substr(folder, 1, :length + 1) = :folder || '/'
                                """)
                        .bind("from", from)
                        .bind("to", to)
                        .bind("folder", folder)
                        .bind("length", folder.length())
                        .mapTo(Long.class)
                        .one());
    }
}
