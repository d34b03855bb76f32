package dev.klingroutes.task;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementException;

/** The tables of a ledger: the files of this jar that make them, and which of them were run. */
final class Tables {
    /** Named here, because a class path cannot be listed in every house. */
    static final List<String> FILES =
            List.of(
                    "V1__ledger.sql",
                    "V2__money.sql",
                    "V3__gate.sql",
                    "V4__downloads.sql",
                    "V5__callbacks.sql",
                    "V6__handovers.sql");

    private static final String FOLDER = "kling/ledger";
    private static final String HISTORY = "kling_schema";

    private Tables() {}

    /** The number of the newest file. */
    static int newest() {
        return Integer.parseInt(FILES.get(FILES.size() - 1).replaceFirst("V(\\d+)__.*", "$1"));
    }

    /** The number of the newest file that was run; fails where none ever was. */
    static int version(DataSource source) {
        return Jdbi.create(source)
                .withHandle(
                        handle ->
                                handle.createQuery(
                                                "select max(cast(version as integer)) from "
                                                        + HISTORY
                                                        + " where success")
                                        .mapTo(int.class)
                                        .one());
    }

    /** Whether just the files of this jar were run, each to its end. */
    static boolean areMade(List<String> history) {
        return history.equals(FILES.stream().map(Tables::asRun).toList());
    }

    /** Runs what was not run yet. */
    static void make(DataSource source) {
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:" + FOLDER)
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
    }

    /**
     * Every file that was run, of this jar or of another, as {@link #asRun} writes it; empty if
     * none was, or it cannot be read. Flyway is not loaded for it.
     */
    static List<String> history(DataSource source) {
        try {
            return Jdbi.create(source)
                    .withHandle(
                            handle ->
                                    handle.createQuery(
                                                    "select script, checksum, success from "
                                                            + HISTORY
                                                            + " where type <> 'BASELINE'"
                                                            + " order by installed_rank")
                                            .map(
                                                    (row, context) ->
                                                            row.getString("script")
                                                                    + " "
                                                                    + row.getInt("checksum")
                                                                    + " "
                                                                    + row.getBoolean("success"))
                                            .list());
        } catch (StatementException notThere) {
            return List.of();
        }
    }

    private static String asRun(String file) {
        return file + " " + checksum(file) + " true";
    }

    /** Flyway's: of the lines without their ends. */
    private static int checksum(String file) {
        CRC32 sum = new CRC32();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Tables.class.getResourceAsStream("/" + FOLDER + "/" + file),
                                StandardCharsets.UTF_8))) {
            lines.lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).forEach(sum::update);
            return (int) sum.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
