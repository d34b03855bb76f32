package dev.klingroutes.task;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL, started once for all tests of this JVM; each test gets a schema of its own.
 */
public final class Postgres {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final EmbeddedPostgres SERVER = start();

    private Postgres() {}

    static int port() {
        return SERVER.getPort();
    }

    /** The URL of a schema that nobody has used. */
    public static String freshSchema() {
        String schema = "test_" + SCHEMAS.incrementAndGet();
        execute("create schema " + schema);
        return url("postgres", "") + "&currentSchema=" + schema;
    }

    static String url(String user, String password) {
        return "jdbc:postgresql://localhost:%d/postgres?user=%s&password=%s"
                .formatted(port(), user, password);
    }

    /** Makes a user whose password counts: for the others none does. */
    static void guard(String user, String password) {
        execute("create user " + user + " password '" + password + "'");
        try (Connection connection = SERVER.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show hba_file")) {
            row.next();
            Path rules = Path.of(row.getString(1));
            Files.writeString(
                    rules,
                    "host all %s all scram-sha-256\n".formatted(user) + Files.readString(rules));
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
        execute("select pg_reload_conf()");
    }

    static void execute(String sql) {
        try (Connection connection = SERVER.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
