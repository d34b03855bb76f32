package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import dev.klingroutes.SmallDisk;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start on a ledger that is there and cannot be used now: one sentence, and it may try again. */
class UnusableLedgerTest {
    /** The files beside the database that SQLite shares among its connections. */
    private static final int SHARED_BYTES = 36 << 10;

    @TempDir Path folder;
    private String url;

    @BeforeEach
    void name() {
        url = "jdbc:sqlite:" + folder.resolve("data/ledger.db");
    }

    @Test
    void its_disk_is_full_before_it_is_made() throws Exception {
        try (SmallDisk disk = SmallDisk.at(folder.resolve("data"), 6)) {
            disk.fill();

            cannotStart("", "ake room on its disk");

            disk.free();
            opens();
        }
    }

    @Test
    void its_disk_is_full_when_what_was_left_is_taken_up() throws Exception {
        try (SmallDisk disk = SmallDisk.at(folder.resolve("data"), 6)) {
            try (Ledger ledger = ledger()) {
                accept(ledger);
                assertThat(ledger.claim(EnumSet.of(TaskState.ACCEPTED), 1)).hasSize(1);
            }
            disk.fill(SHARED_BYTES);

            cannotStart("full", "Make room on its disk");

            disk.free();
            opens();
        }
    }

    @Test
    void its_folder_cannot_be_written() throws Exception {
        try (SmallDisk disk = SmallDisk.at(folder.resolve("data"), 6)) {
            opens();
            disk.readOnly();

            cannotStart("cannot be written", "the right to write there");
        }
    }

    @Test
    void its_server_takes_no_writes() {
        String writable = Postgres.freshSchema();
        url = writable;
        opens();
        url = writable + "&options=-c%20default_transaction_read_only=on";

        cannotStart("read-only transaction", "can be written to");
    }

    private static void accept(Ledger ledger) {
        new Acceptance(ledger, Settings.of(Map.of("kling.api.url", TestLedger.ADDRESS)))
                .accept("d", "d.txt", "", List.of(TestLedger.wanted("cat")), stem -> false);
    }

    private void opens() {
        try (Ledger ledger = ledger()) {
            ledger.open();
            assertThat(ledger.id()).isNotBlank();
        }
    }

    private void cannotStart(String why, String advice) {
        try (Ledger ledger = ledger()) {
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(ledger::open)
                        .isInstanceOf(CannotStart.class)
                        .hasMessageStartingWith("The ledger")
                        .hasMessageContaining(why)
                        .hasMessageContaining(advice)
                        .message()
                        .doesNotContain("\n");
            }
        }
    }

    private Ledger ledger() {
        Settings settings = Settings.of(Map.of("kling.ledger.url", url));
        return new Ledger(new LedgerSource(settings), settings, Clock.systemUTC());
    }
}
