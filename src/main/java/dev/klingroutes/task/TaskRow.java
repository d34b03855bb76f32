package dev.klingroutes.task;

import dev.klingroutes.Dollars;
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
                number(row, "missing_since"),
                new Task.Times(
                        row.getLong("accepted_at"),
                        number(row, "submitting_at"),
                        number(row, "submitted_at"),
                        number(row, "succeeded_at"),
                        number(row, "ended_at"),
                        number(row, "resent_at")),
                new Task.Money(
                        dollars(row, "estimate"),
                        dollars(row, "cost"),
                        row.getObject("bought_day") == null ? null : row.getInt("bought_day")),
                new Task.Decision(
                        row.getString("decision"),
                        row.getString("decision_code"),
                        row.getString("decision_message"),
                        row.getString("decision_request_id")),
                List.of());
    }

    static Dollars dollars(ResultSet row, String column) throws SQLException {
        Long millionths = number(row, column);
        return millionths == null ? null : new Dollars(millionths);
    }

    static Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }
}
