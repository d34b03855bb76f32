package dev.klingroutes.task;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads a row of {@code kling_task}. */
final class TaskRow {
    private TaskRow() {}

    static Task read(ResultSet row, StatementContext context) throws SQLException {
        return new Task(
                row.getString("id"),
                row.getString("source"),
                row.getInt("drop_index"),
                row.getString("folder"),
                row.getString("stem"),
                row.getString("kind"),
                row.getString("request"),
                row.getString("address"),
                row.getString("external_id"),
                row.getString("task_id"),
                TaskState.valueOf(row.getString("state")),
                row.getLong("claim"),
                row.getInt("failures"),
                row.getInt("looks"),
                row.getInt("tries"),
                row.getString("code"),
                row.getString("message"),
                row.getString("request_id"),
                row.getString("deduction"),
                row.getString("report"),
                time(row, "missing_since"),
                new Task.Times(
                        row.getLong("accepted_at"),
                        time(row, "submitting_at"),
                        time(row, "submitted_at"),
                        time(row, "succeeded_at"),
                        time(row, "ended_at")),
                List.of());
    }

    private static Long time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : millis;
    }
}
