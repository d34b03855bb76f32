package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A ledger in the DataSource of a host. */
class HostDataSourceTest {
    @TempDir Path folder;
    private final String url = Postgres.freshSchema();
    private CamelContext camel;
    private HikariDataSource pool;

    @BeforeEach
    void open() {
        camel = new DefaultCamelContext();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setAutoCommit(false);
        config.setMaximumPoolSize(4);
        pool = new HikariDataSource(config);
    }

    @AfterEach
    void close() throws Exception {
        pool.close();
        camel.close();
    }

    private Ledger ledger() {
        return ledger("jdbc:sqlite:" + folder.resolve("data/ledger.db"));
    }

    private Ledger ledger(String setting) {
        Properties properties = new Properties();
        properties.put("kling.ledger.url", setting);
        camel.getPropertiesComponent().setOverrideProperties(properties);
        Settings settings = new Settings();
        settings.setCamelContext(camel);
        return new Ledger(new LedgerSource(settings), settings, Clock.systemUTC());
    }

    private static void accept(Ledger ledger, String stem) {
        new Acceptance(ledger, Settings.of(key -> null))
                .accept(stem, stem, "", List.of(TestLedger.wanted(stem)), taken -> false);
    }

    private List<String> ask(String sql) {
        List<String> answer = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answer.add(rows.getString(1));
            }
            return answer;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void what_is_written_is_committed_though_the_pool_commits_nothing_by_itself() throws Exception {
        camel.getRegistry().bind("klingDataSource", pool);
        try (Ledger ledger = ledger()) {
            accept(ledger, "cat");

            assertThat(ask("select stem from kling_task")).containsExactly("cat");
            assertThat(folder).isEmptyDirectory();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
        assertThat(pool.isClosed()).isFalse();
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isFalse();
        }
    }

    @Test
    void a_connection_goes_back_as_it_came() throws Exception {
        try (Connection one = DriverManager.getConnection(url)) {
            one.setAutoCommit(false);
            List<Boolean> back = new ArrayList<>();
            DataSource careless = only(one, () -> back.add(one.getAutoCommit()));

            try (Connection ours = new HostDataSource(careless).getConnection()) {
                assertThat(ours.getAutoCommit()).isTrue();
            }

            assertThat(back).containsExactly(false);
        }
    }

    @Test
    void another_bean_can_be_named() {
        camel.getRegistry().bind("orders", pool);
        try (Ledger ledger = ledger("#orders")) {
            accept(ledger, "cat");
        }
        assertThat(ask("select stem from kling_task")).containsExactly("cat");
    }

    @Test
    void a_name_without_a_bean_is_said() {
        try (Ledger ledger = ledger("#orders")) {
            assertThatThrownBy(ledger::open)
                    .isInstanceOf(CannotStart.class)
                    .hasMessageStartingWith(
                            "kling.ledger.url is \"#orders\": there is no DataSource of that name.");
        }
    }

    @Test
    void another_database_than_postgresql_is_refused() {
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite::memory:");
        camel.getRegistry().bind("klingDataSource", sqlite);
        try (Ledger ledger = ledger()) {
            assertThatThrownBy(ledger::open)
                    .isInstanceOf(CannotStart.class)
                    .hasMessageStartingWith(
                            "The DataSource klingDataSource leads to SQLite, and a ledger in a host's"
                                    + " DataSource must be PostgreSQL");
        }
    }

    @Test
    void a_database_that_is_not_there_is_said_without_its_password() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost:1/none?user=u&password=hush-hush");
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(300);
        try (HikariDataSource away = new HikariDataSource(config);
                Ledger ledger = ledger()) {
            camel.getRegistry().bind("klingDataSource", away);
            assertThatThrownBy(ledger::open)
                    .isInstanceOf(CannotStart.class)
                    .hasMessageStartingWith(
                            "The ledger in the DataSource klingDataSource cannot be used")
                    .hasMessageNotContaining("hush-hush");
        }
    }

    @Test
    void tables_and_flyway_of_the_host_are_left_alone() throws Exception {
        camel.getRegistry().bind("klingDataSource", pool);
        Path scripts = Files.createDirectory(folder.resolve("db"));
        Files.writeString(scripts.resolve("V1__orders.sql"), "create table orders (id int);");
        hostFlyway(scripts);
        run("insert into orders values (7)");

        try (Ledger ledger = ledger()) {
            accept(ledger, "cat");
        }
        Files.writeString(scripts.resolve("V2__more.sql"), "alter table orders add name text;");
        hostFlyway(scripts);
        try (Ledger ledger = ledger()) {
            accept(ledger, "dog");
        }

        assertThat(ask("select id from orders")).containsExactly("7");
        assertThat(ask("select version from flyway_schema_history")).containsExactly("1", "2");
        assertThat(ask("select stem from kling_task")).containsExactlyInAnyOrder("cat", "dog");
        assertThat(
                        ask(
                                "select relname from pg_class where relkind in ('r','i','S') and"
                                        + " relnamespace = current_schema()::regnamespace"))
                .hasSizeGreaterThan(8)
                .allMatch(
                        name ->
                                name.startsWith("kling_")
                                        || name.equals("orders")
                                        || name.startsWith("flyway_schema_history"));
    }

    private void hostFlyway(Path scripts) {
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("filesystem:" + scripts)
                .load()
                .migrate();
    }

    @Test
    void a_transaction_of_the_host_is_never_joined() throws Exception {
        try (Connection one = DriverManager.getConnection(url)) {
            ThreadLocal<Connection> transaction = new ThreadLocal<>();
            camel.getRegistry().bind("klingDataSource", joining(transaction));
            try (Ledger ledger = ledger()) {
                one.setAutoCommit(false);
                transaction.set(one);
                try (Statement statement = one.createStatement()) {
                    statement.execute("create table orders (id int)");
                }

                accept(ledger, "cat");
                assertThat(ledger.count()).hasSize(1);
                transaction.remove();
                one.rollback();

                assertThat(ask("select stem from kling_task")).containsExactly("cat");
                assertThat(ask("select relname from pg_class where relname = 'orders'")).isEmpty();
            }
        }
    }

    /** As Spring's proxy and JTA do it: who is in a transaction gets its connection. */
    private DataSource joining(ThreadLocal<Connection> transaction) {
        return (DataSource)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (proxy, method, arguments) ->
                                transaction.get() != null
                                        ? uncloseable(transaction.get(), () -> {})
                                        : method.invoke(pool, arguments));
    }

    private interface Closing {
        void run() throws SQLException;
    }

    private DataSource only(Connection one, Closing closing) {
        return (DataSource)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (proxy, method, arguments) -> uncloseable(one, closing));
    }

    private static Connection uncloseable(Connection one, Closing closing) {
        return (Connection)
                Proxy.newProxyInstance(
                        HostDataSourceTest.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                closing.run();
                                return null;
                            }
                            try {
                                return method.invoke(one, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void who_is_interrupted_still_learns_what_was_done() {
        camel.getRegistry().bind("klingDataSource", pool);
        try (Ledger ledger = ledger()) {
            ledger.open();
            Thread.currentThread().interrupt();

            accept(ledger, "cat");

            assertThat(Thread.interrupted()).isTrue();
            assertThat(ask("select stem from kling_task")).containsExactly("cat");
        }
    }
}
