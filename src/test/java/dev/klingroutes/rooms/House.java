package dev.klingroutes.rooms;

import static java.util.stream.Collectors.toCollection;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.klingroutes.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** The whole house in this process: all rooms, in a folder of its own, and in a hurry. */
final class House implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("patience", 20));
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A task as its row in the ledger says. */
    record Row(
            String state,
            String taskId,
            String externalId,
            String code,
            String message,
            int looks) {}

    private final Path home;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<RoutesBuilder> hosts = new ArrayList<>();
    private final Map<String, Object> beans = new LinkedHashMap<>();
    private SSLContextParameters global;
    private Main main;

    House(Path home, String provider) {
        this.home = home;
        with("COMETAPI_KEY", "k");
        with("kling.rooms", "all");
        with("kling.api.url", provider);
        with("kling.ledger.url", "jdbc:sqlite:" + home.resolve("data/ledger.db"));
        for (String folder : new String[] {"inbox", "accepted", "outbox", "failed"}) {
            with("kling." + folder + ".dir", home.resolve(folder).toString());
        }
        with("kling.inbox.rest", "50ms");
        with("kling.inbox.every", "50");
        with("kling.clock.tick", "20");
        with("kling.submit.in-flight", "50");
        with("kling.watch.first-look", "50ms");
        with("kling.watch.every", "100ms");
        with("kling.download.private-addresses", "allow");
        // so that it also closes in a hurry
        with("camel.component.seda.default-poll-timeout", "50");
    }

    House(Path home, Sandbox sandbox) {
        this(home, sandbox.url());
    }

    House with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Routes of somebody else's, in the same house. */
    House with(RoutesBuilder host) {
        hosts.add(host);
        return this;
    }

    /** What a host has in its registry. */
    House bind(String name, Object bean) {
        beans.put(name, bean);
        return this;
    }

    House global(SSLContextParameters tls) {
        global = tls;
        return this;
    }

    House without(String key) {
        settings.remove(key);
        return this;
    }

    House open() throws Exception {
        main = new Main();
        main.configure().withRoutesIncludePattern("classpath:kling/routes/*.camel.yaml");
        Properties properties = new Properties();
        properties.putAll(settings);
        main.setOverrideProperties(properties);
        hosts.forEach(main.configure()::addRoutesBuilder);
        beans.forEach(main::bind);
        if (global != null) {
            main.addMainListener(
                    new MainListenerSupport() {
                        @Override
                        public void beforeConfigure(BaseMainSupport main) {
                            main.getCamelContext().setSSLContextParameters(global);
                        }
                    });
        }
        main.start();
        return this;
    }

    @Override
    public void close() {
        main.stop();
    }

    CamelContext camel() {
        return main.getCamelContext();
    }

    <T> T bean(String name, Class<T> type) {
        return camel().getRegistry().lookupByNameAndType(name, type);
    }

    Path inbox(String name) {
        return home.resolve("inbox").resolve(name);
    }

    Path accepted(String name) {
        return home.resolve("accepted").resolve(name);
    }

    Path outbox(String name) {
        return home.resolve("outbox").resolve(name);
    }

    Path failed(String name) {
        return home.resolve("failed").resolve(name);
    }

    Path drop(String name, String text) {
        return drop(name, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    Path drop(String name, byte[] bytes) {
        try {
            Files.createDirectories(inbox(name).getParent());
            return Files.write(inbox(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ConditionFactory soon() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20));
    }

    static void soon(ThrowingRunnable assertion) {
        soon().untilAsserted(assertion);
    }

    /** Every visible and invisible file below a folder of the house, as paths, in order. */
    TreeSet<String> files(String folder) {
        Path at = home.resolve(folder);
        if (!Files.isDirectory(at)) {
            return new TreeSet<>();
        }
        try (Stream<Path> all = Files.walk(at)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> at.relativize(file).toString())
                    .filter(name -> !name.equals(".ledger"))
                    .collect(toCollection(TreeSet::new));
        } catch (IOException | UncheckedIOException changing) {
            return files(folder);
        }
    }

    JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    JsonNode error(String name) throws IOException {
        return json(failed(name + ".error.json"));
    }

    /** The one task of this name; fails while there is none. */
    Row task(String stem) {
        Row task = find(stem);
        if (task == null) {
            throw new AssertionError("no task " + stem);
        }
        return task;
    }

    private Row find(String stem) {
        return query(
                "select * from kling_task where stem = ?",
                stem,
                row ->
                        row.next()
                                ? new Row(
                                        row.getString("state"),
                                        row.getString("task_id"),
                                        row.getString("external_id"),
                                        row.getString("code"),
                                        row.getString("message"),
                                        row.getInt("looks"))
                                : null);
    }

    /** The one value of a query. */
    String value(String sql) {
        return query(sql + " where ? = ''", "", row -> row.next() ? row.getString(1) : null);
    }

    /** The first column of a query without conditions of its own. */
    List<String> values(String sql) {
        return query(
                sql + " and ? = ''",
                "",
                row -> {
                    List<String> values = new ArrayList<>();
                    while (row.next()) {
                        values.add(row.getString(1));
                    }
                    return values;
                });
    }

    /** The id of the drop that this task came from. */
    String dropOf(String stem) {
        return query(
                "select drop_id from kling_task where stem = ?", stem, row -> row.getString(1));
    }

    int failures(String stem) {
        return query("select failures from kling_task where stem = ?", stem, House::number);
    }

    /** What the task owes the folder failed/. */
    String owes(String stem) {
        return query("select report from kling_task where stem = ?", stem, row -> row.getString(1));
    }

    /** Changes the ledger, as a process that died would have left it. */
    void pretend(String sql) throws SQLException {
        try (Connection ledger = DriverManager.getConnection(settings.get("kling.ledger.url"));
                Statement statement = ledger.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Makes due what waits in this state and is in nobody's hands, as if its time had come: behind
     * what is due already, which would wait for ever if others were hurried again and again.
     */
    void hurry(String state) throws SQLException {
        long now = System.currentTimeMillis();
        pretend(
                "update kling_task set due_at = %1$d where claimed = 0 and due_at > %1$d and state = '%2$s'"
                        .formatted(now, state));
    }

    /** How many tasks fulfil a condition in SQL. */
    int tasksWhere(String condition) {
        return query(
                "select count(*) from kling_task where ? = '' and " + condition, "", House::number);
    }

    /** Takes a table away from a house that is open. */
    void breakLedger() throws SQLException {
        pretend("drop table kling_task");
    }

    String state(String stem) {
        Row task = find(stem);
        return task == null ? null : task.state();
    }

    int tasks(String state) {
        return query("select count(*) from kling_task where state = ?", state, House::number);
    }

    int tasks() {
        return query("select count(*) from kling_task where ? = ''", "", House::number);
    }

    private static int number(ResultSet row) throws SQLException {
        row.next();
        return row.getInt(1);
    }

    private interface Reading<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> T query(String sql, String parameter, Reading<T> reading) {
        try (Connection ledger = DriverManager.getConnection(settings.get("kling.ledger.url"));
                PreparedStatement statement = ledger.prepareStatement(sql)) {
            statement.setString(1, parameter);
            return reading.read(statement.executeQuery());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
