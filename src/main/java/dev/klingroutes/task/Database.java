package dev.klingroutes.task;

import org.jdbi.v3.core.Handle;

/** The two databases a ledger can live in, and all that differs between them. */
enum Database {
    /** Embedded; one application, its clock is handed in. */
    SQLITE(":now", "", "") {
        @Override
        void lazily(Handle handle, Runnable write) {
            handle.execute("pragma synchronous = normal");
            try {
                handle.useTransaction(inTransaction -> write.run());
            } finally {
                handle.execute("pragma synchronous = full");
            }
        }
    },
    /**
     * Shared by several nodes; the database's clock counts, because theirs differ. It stands still
     * within a statement, or no index could be used with it.
     */
    POSTGRESQL(
            "cast(extract(epoch from statement_timestamp()) * 1000 as bigint)",
            "for update skip locked",
            "for update") {
        @Override
        void lazily(Handle handle, Runnable write) {
            handle.useTransaction(
                    inTransaction -> {
                        inTransaction.execute("set local synchronous_commit = off");
                        write.run();
                    });
        }
    };

    final String now;
    final String skipLocked;
    final String lock;

    Database(String now, String skipLocked, String lock) {
        this.now = now;
        this.skipLocked = skipLocked;
        this.lock = lock;
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

    /**
     * Writes what may be lost in a power failure without harm, such as a due time: durable a little
     * later, but never out of order with what is forced.
     */
    abstract void lazily(Handle handle, Runnable write);
}
