package dev.klingroutes.task;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.statement.UnableToCreateStatementException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** Opens the database of a ledger: connects, keeps a second application out, migrates. */
public final class LedgerSource implements AutoCloseable {
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    private static final int POSTGRESQL_CONNECTIONS = 8;
    private static final int NO_ANSWER_SECONDS = 60;
    private static final long NO_CONNECTION_MILLIS = 10_000;

    /** The lock files of this process. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** The bean that is used instead of {@code kling.ledger.url}, if a host has bound one. */
    private static final String BEAN = "klingDataSource";

    private final Settings settings;
    private final String url;
    private final String user;
    private final String password;
    private final boolean beside;
    private Given given;
    private boolean opened;
    private Apart apart;
    private HikariDataSource pool;
    private FileChannel lockFile;
    private Path held;

    /** A host's own, and its name in the registry. */
    private record Given(String name, DataSource source) {}

    /**
     * Reads {@code kling.ledger.url}, {@code .user} and {@code .password}. A DataSource that a host
     * has bound as {@code klingDataSource}, or under the name in {@code kling.ledger.url=#name}, is
     * used instead.
     */
    public LedgerSource(Settings settings) {
        this(settings, false);
    }

    /**
     * Opens a ledger that there is, beside the applications on it: nothing is made or migrated, and
     * nobody is kept out.
     */
    public static LedgerSource beside(Settings settings) {
        return new LedgerSource(settings, true);
    }

    private LedgerSource(Settings settings, boolean beside) {
        this.settings = settings;
        this.beside = beside;
        url = settings.text("kling.ledger.url");
        user = settings.text("kling.ledger.user");
        password = settings.text("kling.ledger.password");
        if (url.startsWith("#")) {
            return;
        }
        Database database = Database.of(url);
        if (database == null) {
            throw new CannotStart(
                    "kling.ledger.url is \""
                            + shown()
                            + "\": it must be a jdbc:sqlite: or jdbc:postgresql: URL, for instance"
                            + " jdbc:sqlite:data/ledger.db");
        }
        if (database == Database.SQLITE && !url.matches("jdbc:sqlite:[^:?].*")) {
            throw new CannotStart(
                    "kling.ledger.url is \""
                            + url
                            + "\": it must name a file, because what was paid has to outlive a restart;"
                            + " for instance jdbc:sqlite:data/ledger.db");
        }
    }

    Database database() {
        return given() != null ? Database.POSTGRESQL : Database.of(url);
    }

    /** Whether no other application can be on this ledger. */
    boolean ours() {
        return database() == Database.SQLITE;
    }

    /** Null if the host has bound none; asked late, because it may be bound after the rooms. */
    private synchronized Given given() {
        if (given == null && !opened) {
            String name = url.startsWith("#") ? url.replaceFirst("#(bean:)?", "") : BEAN;
            given =
                    settings.bean(name, DataSource.class)
                            .map(source -> new Given(name, source))
                            .orElse(null);
            if (given == null && url.startsWith("#")) {
                throw new CannotStart(
                        "kling.ledger.url is \""
                                + url
                                + "\": there is no DataSource of that name. Bind one in the registry of"
                                + " the host, or set a jdbc:sqlite: or jdbc:postgresql: URL.");
            }
        }
        return given;
    }

    /** Does what is done with the database, never within a transaction of the host. */
    <T> T apart(Supplier<T> work) {
        Apart threads = threads();
        return threads == null ? work.get() : threads.call(work);
    }

    private synchronized Apart threads() {
        if (apart == null && given() != null) {
            apart = new Apart();
        }
        return apart;
    }

    /** Whether applications are on it that this process must leave alone. */
    boolean beside() {
        return beside;
    }

    /** The file of an embedded ledger. */
    public Optional<Path> file() {
        if (!ours()) {
            return Optional.empty();
        }
        String path = url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "");
        return Optional.of(Path.of(path.replaceFirst("^file:", "")).toAbsolutePath());
    }

    DataSource open() {
        try {
            file().ifPresent(beside ? this::isThere : this::keepOthersOut);
            DataSource source = chosen();
            if (beside) {
                isOfThisVersion(source);
            } else {
                database().alone(source, () -> bringUpToDate(source));
            }
            return source;
        } catch (CannotStart e) {
            close();
            throw e;
        } catch (RuntimeException e) {
            throw cannotBeUsed(e);
        }
    }

    /** Closed again, so that it may be tried anew; without the cause, which may hold a password. */
    CannotStart cannotBeUsed(RuntimeException e) {
        String told = "The ledger " + shown() + " cannot be used: " + reason(e);
        String advice = advice(e);
        close();
        return new CannotStart(told + ". " + advice);
    }

    /** From here on it is that one, whatever is bound later. */
    private synchronized DataSource chosen() {
        boolean hosts = given() != null;
        opened = true;
        return hosts ? hosts() : own();
    }

    private DataSource own() {
        pool = new HikariDataSource(ours() ? sqlite() : postgresql());
        return pool;
    }

    private DataSource hosts() {
        DataSource source = new HostDataSource(given.source());
        String product;
        try (Connection connection = source.getConnection()) {
            product = connection.getMetaData().getDatabaseProductName();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        if (!product.equals("PostgreSQL")) {
            throw new CannotStart(
                    "The DataSource "
                            + given.name()
                            + " leads to "
                            + product
                            + ", and a ledger in a host's DataSource must be PostgreSQL: with the embedded"
                            + " database it is our own settings that keep what was paid. Unbind it, and"
                            + " set kling.ledger.url.");
        }
        return source;
    }

    private void isThere(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CannotStart(
                    "There is no ledger "
                            + file
                            + ". The application makes it when it starts for the first time; run this"
                            + " in its folder and with its settings (-profile, kling.ledger.url).");
        }
    }

    /** Flyway would only warn of a newer ledger, and is slow to load. */
    private void bringUpToDate(DataSource source) {
        List<String> history = Tables.history(source);
        if (Tables.areMade(history)) {
            return;
        }
        int version = history.isEmpty() ? 0 : version(source);
        if (version > Tables.newest()) {
            throw isOfVersion(version);
        }
        Tables.make(source);
    }

    private void isOfThisVersion(DataSource source) {
        int version = version(source);
        if (version != Tables.newest()) {
            throw isOfVersion(version);
        }
    }

    private CannotStart isOfVersion(int version) {
        return new CannotStart(
                "The ledger "
                        + shown()
                        + (version > Tables.newest()
                                ? " is of a newer version"
                                : " is of an older version")
                        + " ("
                        + version
                        + ", this jar's is "
                        + Tables.newest()
                        + "). Use the jar of the application that runs on it; an application of a newer"
                        + " jar brings it up to date when it starts.");
    }

    private int version(DataSource source) {
        try {
            return Tables.version(source);
        } catch (UnableToCreateStatementException | UnableToExecuteStatementException e) {
            throw new CannotStart(
                    "There is no ledger in " + shown() + ": " + reason(e) + ". " + advice(e));
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (apart != null) {
                apart.close();
                apart = null;
            }
            given = null;
            opened = false;
        }
        if (pool != null) {
            pool.close();
            pool = null;
        }
        if (lockFile != null) {
            try {
                lockFile.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            lockFile = null;
        }
        if (held != null) {
            HELD.remove(held);
            held = null;
        }
    }

    private void keepOthersOut(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Path real =
                    Files.exists(file)
                            ? file.toRealPath()
                            : file.getParent().toRealPath().resolve(file.getFileName());
            Path lock = real.resolveSibling(real.getFileName() + ".lock");
            // asked first: closing a second channel would give back the lock of the first
            if (HELD.add(lock)) {
                held = lock;
                lockFile =
                        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (lockFile.tryLock() != null) {
                    return;
                }
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process, in another class loader: the same answer
        } catch (IOException e) {
            throw new CannotStart(
                    "The ledger's folder "
                            + file.getParent()
                            + " cannot be written: "
                            + e
                            + ". Give this application the right to write there, or make room on its disk,"
                            + " or set kling.ledger.url to another place.",
                    e);
        }
        throw new CannotStart(
                "Another application is on the ledger "
                        + file
                        + ". Stop it first, or give this one a ledger and folders of its own"
                        + " (kling.ledger.url, kling.inbox.dir, …), or use PostgreSQL for several nodes.");
    }

    private HikariConfig sqlite() {
        SQLiteConfig sqlite = new SQLiteConfig();
        if (beside) {
            sqlite.resetOpenMode(SQLiteOpenMode.CREATE);
        } else {
            sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
        }
        sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        sqlite.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        sqlite.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        // or the driver asks for the last row's number after each update
        sqlite.setGetGeneratedKeys(false);
        SQLiteDataSource source = new SQLiteDataSource(sqlite);
        source.setUrl(url);
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        // SQLite has one writer: waiting for the connection is fairer than waiting for its lock
        config.setMaximumPoolSize(1);
        config.setPoolName("kling-ledger");
        return config;
    }

    private HikariConfig postgresql() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        if (!user.isBlank()) {
            config.setUsername(user);
            config.setPassword(password);
        }
        // or a server that vanished without a word would hold a worker for ever
        config.addDataSourceProperty("socketTimeout", NO_ANSWER_SECONDS);
        config.addDataSourceProperty("tcpKeepAlive", true);
        // or the locks of a node that vanished in a transaction would hold up all others for hours
        config.setConnectionInitSql(
                "set idle_in_transaction_session_timeout = '" + NO_ANSWER_SECONDS + "s'");
        config.setMaximumPoolSize(POSTGRESQL_CONNECTIONS);
        config.setConnectionTimeout(NO_CONNECTION_MILLIS);
        config.setPoolName("kling-ledger");
        return config;
    }

    /** The URL without what may hold a password: its parameters, and a user before the host. */
    public String shown() {
        return given != null
                ? "in the DataSource " + given.name()
                : url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
    }

    private String advice(Throwable e) {
        return given != null
                ? "Check that database, and that the class path has"
                        + " org.flywaydb:flyway-database-postgresql."
                : database().advice(e);
    }

    /** What is at the root of it, without the password. */
    String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).replace(url, shown());
        if (!password.isEmpty()) {
            message = message.replace(password, "…");
        }
        return message.lines().findFirst().orElse("").strip().replaceFirst("\\.$", "");
    }
}
