package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerSourceTest {
    @TempDir Path folder;

    @Test
    void the_folder_of_an_embedded_ledger_is_made() {
        Path file = folder.resolve("some/where/ledger.db");

        try (Ledger ledger = ledger("jdbc:sqlite:" + file)) {
            assertThat(ledger.count()).isEmpty();
            assertThat(file).exists();
        }
    }

    @Test
    void an_embedded_ledger_survives_a_power_failure() {
        try (Ledger ledger = ledger("jdbc:sqlite:" + folder.resolve("ledger.db"))) {
            assertThat(pragma(ledger, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(ledger, "synchronous")).isEqualTo("2");
            new Acceptance(ledger, settings("jdbc:sqlite:x"))
                    .accept("d", "d.txt", "", List.of(TestLedger.wanted("cat")), stem -> false);
            Task task = ledger.claim(EnumSet.of(TaskState.ACCEPTED), 1).get(0);

            ledger.write(task, Move.again(Duration.ZERO));

            assertThat(pragma(ledger, "synchronous")).isEqualTo("2");
        }
    }

    @Test
    void a_node_that_vanishes_in_a_transaction_gives_its_locks_back_soon() {
        try (Ledger ledger = ledger(Postgres.freshSchema())) {
            String setting = "show idle_in_transaction_session_timeout";
            String after =
                    ledger.read(handle -> handle.createQuery(setting).mapTo(String.class).one());
            assertThat(after).isEqualTo("1min");
        }
    }

    private static String pragma(Ledger ledger, String name) {
        return ledger.read(
                handle -> handle.createQuery("pragma " + name).mapTo(String.class).one());
    }

    @Test
    void a_file_that_is_no_database_is_named_and_left_alone() throws IOException {
        Path file = Files.writeString(folder.resolve("ledger.db"), "my diary ".repeat(1000));

        assertThatThrownBy(() -> ledger("jdbc:sqlite:" + file))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not a database")
                .hasMessageContaining("move it away or set kling.ledger.url");
        assertThat(file).hasContent("my diary ".repeat(1000));
    }

    @Test
    void a_directory_in_its_place_is_named() throws IOException {
        Path file = Files.createDirectory(folder.resolve("ledger.db"));

        assertThatThrownBy(() -> ledger("jdbc:sqlite:" + file))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("kling.ledger.url");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "a file");

        assertThatThrownBy(() -> ledger("jdbc:sqlite:" + file + "/ledger.db"))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(file + " cannot be written");
    }

    @Test
    void a_second_application_is_kept_out_until_the_first_has_ended() throws IOException {
        String url = "jdbc:sqlite:" + folder.resolve("ledger.db");
        try (Ledger first = ledger(url)) {
            assertThatThrownBy(() -> ledger(url))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("Another application is on the ledger")
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("Stop it first");
            // and asking for it here has not let others in
            assertThat(SecondApplication.says(url))
                    .contains("Another application is on the ledger");
            assertThat(first.count()).isEmpty();
        }
        assertThat(SecondApplication.says(url)).contains("opened {}");
        ledger(url).close();
    }

    @Test
    void a_link_to_a_ledger_is_the_same_ledger() throws IOException {
        String url = "jdbc:sqlite:" + folder.resolve("ledger.db");
        try (Ledger first = ledger(url)) {
            Path link =
                    Files.createSymbolicLink(
                            folder.resolve("link.db"), folder.resolve("ledger.db"));

            assertThatThrownBy(() -> ledger("jdbc:sqlite:" + link))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("Another application");
            assertThat(first.count()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:sqlite::memory:", "jdbc:sqlite:", "jdbc:sqlite:?x=y"})
    void a_ledger_that_would_not_outlive_a_restart_is_refused(String url) {
        assertThatThrownBy(() -> ledger(url))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("kling.ledger.url")
                .hasMessageContaining("must name a file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://me:hush@host/kling?password=hush",
                "data/ledger.db",
                "postgresql://me:hush@host/kling",
                ""
            })
    void an_unknown_url_is_named_without_its_password(String url) {
        assertThatThrownBy(() -> ledger(url))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("kling.ledger.url")
                .hasMessageContaining("jdbc:sqlite: or jdbc:postgresql:")
                .hasMessageNotContaining("hush");
    }

    @Test
    void a_server_that_does_not_run_is_named() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        String url = "jdbc:postgresql://localhost:" + free + "/kling";

        assertThatThrownBy(() -> ledger(url + "?user=me&password=hush"))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining(url)
                .hasMessageContaining("refused")
                .hasMessageContaining("that the database is running")
                .hasMessageNotContaining("hush")
                .satisfies(LedgerSourceTest::noPasswordInAnyCause);
    }

    @Test
    void a_wrong_password_is_told_but_not_shown() {
        Postgres.guard("guarded", "right");

        assertThatThrownBy(() -> ledger(Postgres.url("guarded", "hush")))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("localhost:" + Postgres.port())
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("kling.ledger.url, .user and .password")
                .hasMessageNotContaining("hush")
                .satisfies(LedgerSourceTest::noPasswordInAnyCause);
    }

    @Test
    void a_url_that_the_driver_does_not_take_is_told_without_its_password() {
        assertThatThrownBy(() -> ledger("jdbc:postgresql://host:no-port/kling?password=hush"))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("jdbc:postgresql://host:no-port/kling")
                .hasMessageNotContaining("hush")
                .satisfies(LedgerSourceTest::noPasswordInAnyCause);
    }

    private static void noPasswordInAnyCause(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain("hush");
        }
    }

    @Test
    void the_tables_of_a_host_are_left_alone() {
        String url = Postgres.freshSchema();
        String schema = url.replaceFirst(".*currentSchema=", "");
        Postgres.execute("create table " + schema + ".orders (id int)");
        Postgres.execute("insert into " + schema + ".orders values (7)");

        try (Ledger ledger = ledger(url)) {
            assertThat(ledger.count()).isEmpty();
            assertThat(
                            ledger.<Integer>read(
                                    handle ->
                                            handle.createQuery("select id from orders")
                                                    .mapTo(Integer.class)
                                                    .one()))
                    .isEqualTo(7);
        }
        ledger(url).close();
    }

    @Test
    void many_nodes_may_start_at_once_on_an_empty_database() {
        String url = Postgres.freshSchema();

        List<String> ids =
                Race.of(
                        4,
                        node -> {
                            try (Ledger ledger = ledger(url)) {
                                return ledger.id();
                            }
                        });

        assertThat(ids).hasSize(4).containsOnly(ids.get(0));
    }

    @Test
    void a_database_that_went_away_and_came_back_is_used_again() {
        String url = Postgres.freshSchema() + "&ApplicationName=went-away";
        try (Ledger ledger = ledger(url)) {
            assertThat(ledger.count()).isEmpty();

            Postgres.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where application_name = 'went-away'");

            assertThat(eventually(ledger)).isEmpty();
        }
    }

    /** A connection may break once for each that was open; then there are new ones. */
    private static Map<TaskState, Integer> eventually(Ledger ledger) {
        for (int broken = 0; ; broken++) {
            try {
                return ledger.count();
            } catch (RuntimeException e) {
                assertThat(broken).isLessThan(10);
            }
        }
    }

    @Test
    void the_claims_of_a_killed_predecessor_are_taken_up_at_once() {
        try (TestLedger test = TestLedger.on(TestLedger.On.SQLITE)) {
            Task submitting = test.claimed(TaskState.SUBMITTING);
            Task waiting = test.claimed(TaskState.SUBMITTED);
            test.ledger().write(waiting, Move.again(Duration.ofMinutes(1)));
            Task ended = test.claimed(TaskState.FAILED);

            test.restart();

            assertThat(test.claim(TaskState.SUBMITTING).id()).isEqualTo(submitting.id());
            assertThat(test.untilDue(waiting)).isEqualTo(Duration.ofMinutes(1));
            assertThat(test.untilDue(ended)).isNull();
        }
    }

    @Test
    void the_claims_of_another_node_are_left_alone() {
        try (TestLedger test = TestLedger.on(TestLedger.On.POSTGRESQL)) {
            Task submitting = test.claimed(TaskState.SUBMITTING);

            test.another();

            assertThat(test.untilDue(submitting)).isPositive();
        }
    }

    private static Ledger beside(String url) {
        Settings settings = settings(url);
        Ledger ledger = new Ledger(LedgerSource.beside(settings), settings, Clock.systemUTC());
        ledger.open();
        return ledger;
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void beside_an_application_nothing_is_taken_up_and_nobody_is_kept_out(TestLedger.On on) {
        try (TestLedger test = TestLedger.on(on)) {
            Task sending = test.claimed(TaskState.SUBMITTING);
            test.gate().closed("1101", "arrears");
            Long probe = test.value(Long.class, "select probe_at from kling_gate");

            try (Ledger beside = beside(test.settings().text("kling.ledger.url"))) {
                assertThat(beside.count()).containsEntry(TaskState.SUBMITTING, 1);
                new ByHand(beside).cancel(beside.find(sending.id()).orElseThrow());
            } catch (NotPossible e) {
                throw new AssertionError(e);
            }

            assertThat(test.find(sending).state()).isEqualTo(TaskState.CANCELLED);
            assertThat(test.value(Long.class, "select probe_at from kling_gate")).isEqualTo(probe);
            // its claim was neither taken nor held
            assertThat(test.ledger().write(sending, Move.again(Duration.ZERO))).isFalse();
        }
    }

    @Test
    void beside_an_application_that_never_ran_nothing_is_made() throws IOException {
        Path file = folder.resolve("some/ledger.db");

        assertThatThrownBy(() -> beside("jdbc:sqlite:" + file))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("There is no ledger " + file);
        assertThat(file.getParent()).doesNotExist();

        Path empty = Files.createFile(folder.resolve("empty.db"));
        assertThatThrownBy(() -> beside("jdbc:sqlite:" + empty))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("There is no ledger in jdbc:sqlite:" + empty);
        assertThat(empty).isEmptyFile();

        String url = Postgres.freshSchema();
        assertThatThrownBy(() -> beside(url))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("There is no ledger in jdbc:postgresql://localhost");
        assertThatThrownBy(() -> beside(url)).hasMessageContaining("There is no ledger");
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void beside_an_application_of_another_version_nothing_is_done(TestLedger.On on) {
        try (TestLedger test = TestLedger.on(on)) {
            String url = test.settings().text("kling.ledger.url");
            int ours = Tables.newest();
            String newest = " from kling_schema where version = '" + ours + "'";
            test.sql(
                    "insert into kling_schema (installed_rank, version, description, type, script,"
                            + " installed_by, execution_time, success)"
                            + " select installed_rank + 1, '999', description, type, script,"
                            + " installed_by, execution_time, success"
                            + newest);
            assertThatThrownBy(() -> beside(url))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining(
                            "is of a newer version (999, this jar's is " + ours + ")");

            test.sql("delete from kling_schema where version in ('999', '" + ours + "')");
            assertThatThrownBy(() -> beside(url))
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("is of an older version");
            assertThat(test.value(Long.class, "select count(*)" + newest)).isZero();
        }
    }

    private static Settings settings(String url) {
        return Settings.of(Map.of("kling.ledger.url", url));
    }

    private static Ledger ledger(String url) {
        Settings settings = settings(url);
        Ledger ledger = new Ledger(new LedgerSource(settings), settings, Clock.systemUTC());
        ledger.open();
        return ledger;
    }
}
