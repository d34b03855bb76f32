package dev.klingroutes.task;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.sqlite.SQLiteException;

/** The two databases a ledger can live in, and all that differs between them. */
enum Database {
    /** Embedded; one application, its clock is handed in. */
    SQLITE(":now", "", "", "json_each(:rows)") {
        @Override
        int lazily(Handle handle, Function<String, Update> update) {
            handle.execute("pragma synchronous = normal");
            try {
                return update.apply("").execute();
            } finally {
                handle.execute("pragma synchronous = full");
            }
        }

        @Override
        void alone(DataSource source, Runnable work) {
            // the lock file keeps every other application out
            work.run();
        }

        @Override
        boolean outOfReach(SQLException thrown) {
            // while others wait for its lock, the one connection is not to be had either
            return thrown instanceof SQLTransientConnectionException
                    || thrown instanceof SQLiteException sqlite
                            && SQLITE_TROUBLE.contains(sqlite.getResultCode().code & 0xff);
        }

        @Override
        String advice(Throwable trouble) {
            for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLiteException sqlite) {
                    switch (sqlite.getResultCode().code & 0xff) {
                        case 5:
                            return "Another program writes to it or holds it, a database browser or a"
                                    + " backup perhaps: end that, then start again.";
                        case 3, 8, 14:
                            return "Give this application the right to write this file and its folder,"
                                    + " or set kling.ledger.url to another one.";
                        case 10, 13:
                            return "Make room on its disk, check that the disk is in order, then start"
                                    + " again.";
                        default:
                    }
                }
            }
            return "If the file is not a ledger, move it away or set kling.ledger.url to another"
                    + " one.";
        }
    },
    /**
     * Shared by several nodes; the database's clock counts, because theirs differ. It stands still
     * within a statement, or no index could be used with it.
     */
    POSTGRESQL(
            "cast(extract(epoch from statement_timestamp()) * 1000 as bigint)",
            "for update skip locked",
            "for update",
            "json_array_elements(cast(:rows as json))") {
        @Override
        int lazily(Handle handle, Function<String, Update> update) {
            if (handle.isInTransaction()) {
                throw new IllegalStateException("the rest of it would not be forced either");
            }
            // holds for this transaction, which is this statement: one way to the server and back
            return update.apply(" and set_config('synchronous_commit', 'off', true) = 'off'")
                    .execute();
        }

        @Override
        void alone(DataSource source, Runnable work) {
            Jdbi.create(source)
                    .useHandle(
                            handle -> {
                                handle.execute("select pg_advisory_lock(?)", MIGRATION);
                                try {
                                    work.run();
                                } finally {
                                    handle.execute("select pg_advisory_unlock(?)", MIGRATION);
                                }
                            });
        }

        @Override
        boolean outOfReach(SQLException thrown) {
            String state = thrown.getSQLState();
            return thrown instanceof SQLTransientConnectionException
                    || state != null
                            && (GONE_WITH_ITS_NODE.equals(state)
                                    || state.equals(READ_ONLY)
                                    || SERVER_TROUBLE.contains(state.substring(0, 2)));
        }

        @Override
        String advice(Throwable trouble) {
            return "Check kling.ledger.url, .user and .password, and that the database is running"
                    + " and can be written to.";
        }
    };

    /** Ours among the advisory locks of a PostgreSQL database: "kling" in ASCII. */
    private static final long MIGRATION = 0x6b6c696e67L;

    /** Busy, read-only, I/O error, corrupt, full, cannot be opened. */
    private static final Set<Integer> SQLITE_TROUBLE = Set.of(5, 8, 10, 11, 13, 14);

    /** No connection, no resources, ended by an operator, I/O error. */
    private static final Set<String> SERVER_TROUBLE = Set.of("08", "53", "57", "58");

    /** The server ended a transaction in which this node had not spoken for long. */
    private static final String GONE_WITH_ITS_NODE = "25P03";

    /** After a failover to a standby, or where the server's disk is nearly full. */
    private static final String READ_ONLY = "25006";

    final String now;
    final String skipLocked;
    final String lock;

    /** A table of {@link Rows}. */
    final String rows;

    Database(String now, String skipLocked, String lock, String rows) {
        this.now = now;
        this.skipLocked = skipLocked;
        this.lock = lock;
        this.rows = rows;
    }

    /** Null for a URL of neither. */
    static Database of(String url) {
        if (url.startsWith("jdbc:sqlite:")) {
            return SQLITE;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return POSTGRESQL;
        }
        return null;
    }

    /** Does what no two nodes may do at once, such as making the tables. */
    abstract void alone(DataSource source, Runnable work);

    /** Whether the database could not be used at all, whatever it was asked. */
    abstract boolean outOfReach(SQLException thrown);

    /** What a person can do about it if it cannot be opened. */
    abstract String advice(Throwable trouble);

    /**
     * Writes what may be lost in a power failure without harm, such as a due time: durable a little
     * later, but never out of order with what is forced.
     *
     * @param handle in no transaction
     * @param update what is written, with this more in its {@code where}
     * @return how many rows were
     */
    abstract int lazily(Handle handle, Function<String, Update> update);
}
