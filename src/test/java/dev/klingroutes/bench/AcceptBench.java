package dev.klingroutes.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.klingroutes.task.TestLedger.On;
import dev.klingroutes.video.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the drop to the ledger: many files of one prompt, and one file of many. The one task that
 * may be at the provider stays there, so that nothing else is bought. Beside it a bare loop that
 * makes as much durable in as many steps. {@code -Dbench.tasks} is for trying.
 */
class AcceptBench {
    private static final int FILES = Integer.getInteger("bench.tasks", 5_000);
    private static final int ROWS = Integer.getInteger("bench.tasks", 10_000);
    private static final String BARE = "bare loop, one thread, SQLite";

    @TempDir Path folder;
    private Figures figures;

    @Test
    void manyFiles() throws Exception {
        figures = new Figures("accept", "%,d files of one prompt each".formatted(FILES));
        for (int run = 1; run <= Figures.RUNS; run++) {
            for (On on : On.values()) {
                Path home = folder.resolve("files-" + run + "-" + on);
                ours(on, home, FILES, FILES);
            }
            bareFiles(folder.resolve("files-" + run + "-bare"));
            figures.write();
        }
    }

    @Test
    void oneFileOfManyRows() throws Exception {
        figures = new Figures("accept", "One CSV with %,d rows".formatted(ROWS));
        for (int run = 1; run <= Figures.RUNS; run++) {
            for (On on : On.values()) {
                Path home = folder.resolve("rows-" + run + "-" + on);
                ours(on, home, 1, ROWS);
            }
            bareRows(folder.resolve("rows-" + run + "-bare"));
            figures.write();
        }
    }

    private static Path prepared(Path home, int files, int prompts) throws IOException {
        Path ready = Files.createDirectories(home.resolve("ready"));
        if (files == 1) {
            StringBuilder csv = new StringBuilder("prompt,duration\n");
            for (int row = 1; row <= prompts; row++) {
                csv.append("a small ceramic cup number ").append(row).append(",5\n");
            }
            Files.writeString(ready.resolve("cups.csv"), csv);
        } else {
            for (int file = 1; file <= files; file++) {
                Files.writeString(
                        ready.resolve("cup-%05d.txt".formatted(file)),
                        "a small ceramic cup number " + file);
            }
        }
        return ready;
    }

    private void ours(On on, Path home, int files, int prompts) throws Exception {
        try (Books books = new Books(on, home);
                Provider provider = Provider.sandbox("--render", "60m", "--in-flight", "0");
                Application application =
                        new Application(
                                home,
                                provider.url(),
                                books,
                                Map.of("KLING_SUBMIT_IN_FLIGHT", "1"))) {
            Path ready = prepared(home, files, prompts);
            Path inbox = home.resolve("inbox");
            takeTheOnePlace(inbox, provider);
            // what was only just written is left alone
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            int before = all(books);
            Stretch stretch = new Stretch(books.processes(application.pid(), provider));
            for (Path file : listed(ready)) {
                Files.move(file, inbox.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            await().atMost(Duration.ofMinutes(5))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> all(books) >= before + prompts);
            stretch.end();
            String subject = "Kling Routes, " + books.told();
            figures.add("prompts/s", subject, prompts / stretch.seconds());
            figures.add("seconds", subject, stretch.seconds());
            stretch.tell(figures, subject);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> listed(home.resolve("accepted")).size() == files + 1);
            assertThat(all(books)).as("tasks in the ledger").isEqualTo(before + prompts);
            assertThat(listed(home.resolve("failed"))).as("refused").isEmpty();
            assertThat(provider.stat("created")).as("bought meanwhile").isEqualTo(1);
        }
    }

    private static void takeTheOnePlace(Path inbox, Provider provider) throws IOException {
        Files.createDirectories(inbox);
        Files.writeString(inbox.resolve("first.txt"), "a cup that takes the one place");
        await().atMost(Duration.ofMinutes(1)).until(() -> provider.stat("created") == 1);
    }

    private static int all(Books books) throws Exception {
        return (int) books.number("select count(*) from kling_task");
    }

    private static List<Path> listed(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** For each file: renamed, its folder forced, a row committed, renamed. */
    private void bareFiles(Path home) throws Exception {
        Path ready = prepared(home, FILES, FILES);
        Path taken = Files.createDirectories(home.resolve("taken"));
        Path accepted = Files.createDirectories(home.resolve("accepted"));
        try (Connection ledger = bareLedger(home);
                PreparedStatement row = ledger.prepareStatement(BARE_ROW)) {
            Stretch stretch = new Stretch(Map.of());
            for (Path file : listed(ready)) {
                Path mine = taken.resolve(file.getFileName());
                Files.move(file, mine, StandardCopyOption.ATOMIC_MOVE);
                Durable.force(ready);
                row.setString(1, UUID.randomUUID().toString());
                row.setString(2, Files.readString(mine));
                row.executeUpdate();
                Files.move(mine, accepted.resolve(file.getFileName()));
            }
            tellBare(stretch.end(), FILES);
        }
    }

    private void bareRows(Path home) throws Exception {
        Path csv = prepared(home, 1, ROWS).resolve("cups.csv");
        try (Connection ledger = bareLedger(home);
                PreparedStatement row = ledger.prepareStatement(BARE_ROW)) {
            Stretch stretch = new Stretch(Map.of());
            ledger.setAutoCommit(false);
            for (String line : Files.readAllLines(csv)) {
                row.setString(1, UUID.randomUUID().toString());
                row.setString(2, line);
                row.addBatch();
            }
            row.executeBatch();
            ledger.commit();
            tellBare(stretch.end(), ROWS);
        }
    }

    private void tellBare(Stretch stretch, int prompts) {
        figures.add("prompts/s", BARE, prompts / stretch.seconds());
        figures.add("seconds", BARE, stretch.seconds());
        stretch.tell(figures, BARE);
    }

    private static final String BARE_ROW = "insert into prompt (id, text) values (?, ?)";

    private static Connection bareLedger(Path home) throws Exception {
        Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("bare.db"));
        try (Statement statement = ledger.createStatement()) {
            statement.execute("pragma journal_mode = wal");
            statement.execute("pragma synchronous = full");
            statement.execute("create table prompt (id text primary key, text text)");
        }
        return ledger;
    }
}
