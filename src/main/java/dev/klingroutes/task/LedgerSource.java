package dev.klingroutes.task;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Opens the database of a ledger: connects, keeps a second application out, migrates. */
public final class LedgerSource implements AutoCloseable {
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    private static final int POSTGRESQL_CONNECTIONS = 8;

    private final String url;
    private final String user;
    private final String password;
    private final Database database;
    private HikariDataSource pool;
    private FileChannel lockFile;

    /** Reads {@code kling.ledger.url}, {@code .user} and {@code .password}. */
    public LedgerSource(Settings settings) {
        url = settings.text("kling.ledger.url");
        user = settings.text("kling.ledger.user");
        password = settings.text("kling.ledger.password");
        database = Database.of(url);
    }

    Database database() {
        return database;
    }

    /** Whether no other application can be on this ledger. */
    boolean ours() {
        return database == Database.SQLITE;
    }

    /** The file of an embedded ledger. */
    public Optional<Path> file() {
        if (database != Database.SQLITE) {
            return Optional.empty();
        }
        String path = url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*", "");
        return Optional.of(Path.of(path.replaceFirst("^file:", "")).toAbsolutePath());
    }

    DataSource open() {
        try {
            file().ifPresent(this::keepOthersOut);
            pool = new HikariDataSource(database == Database.SQLITE ? sqlite() : postgresql());
            Flyway.configure()
                    .dataSource(pool)
                    .locations("classpath:kling/ledger")
                    .table("kling_schema")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
            return pool;
        } catch (FlywayException
                | com.zaxxer.hikari.pool.HikariPool.PoolInitializationException e) {
            close();
            throw new CannotStart(
                    "The ledger " + shown() + " cannot be used: " + reason(e) + ". " + advice(), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
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
    }

    private void keepOthersOut(Path file) {
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try {
            Files.createDirectories(file.getParent());
            lockFile = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = lockFile.tryLock();
            if (held != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process: the same answer
        } catch (IOException e) {
            throw new CannotStart(
                    "The ledger's folder " + file.getParent() + " cannot be written: " + e, e);
        }
        throw new CannotStart(
                "Another application is on the ledger "
                        + file
                        + ". Stop it first, or give this one a ledger and folders of its own"
                        + " (kling.ledger.url, kling.inbox.dir, …), or use PostgreSQL for several nodes.");
    }

    private HikariConfig sqlite() {
        SQLiteConfig sqlite = new SQLiteConfig();
        sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
        sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        sqlite.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        sqlite.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
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
        config.setMaximumPoolSize(POSTGRESQL_CONNECTIONS);
        config.setPoolName("kling-ledger");
        return config;
    }

    /** The URL without its parameters: a password may be among them. */
    private String shown() {
        return url.replaceFirst("\\?.*", "");
    }

    private String advice() {
        return database == Database.SQLITE
                ? "If the file is not a ledger, move it away or set kling.ledger.url to another one."
                : "Check kling.ledger.url, .user and .password, and that the database is running.";
    }

    private static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("").strip();
    }
}
