package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rooms do to the application that they are guests of: nothing. */
class GuestTest {
    /** What has no name, or ours in it. */
    private static final String NAMELESS = "file://.*|https?://.*";

    @TempDir Path home;
    private Sandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(150))
                                .withInFlight(0));
    }

    @AfterEach
    void close() throws Exception {
        sandbox.close();
    }

    @Test
    void everything_bears_our_name() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (House house = new House(home, sandbox).open()) {
            house.drop("cat.txt", "a cat");
            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
            CamelContext camel = house.camel();

            assertThat(camel.getRoutes())
                    .extracting(Route::getRouteId)
                    .hasSizeGreaterThan(15)
                    .allMatch(id -> id.startsWith("kling-"));
            assertThat(camel.getEndpoints())
                    .extracting(Endpoint::getEndpointUri)
                    .hasSizeGreaterThan(10)
                    .allMatch(uri -> uri.matches("(direct|seda|scheduler)://kling-.*|" + NAMELESS));
            assertThat(names(camel))
                    .hasSizeGreaterThan(20)
                    .allMatch(name -> name.startsWith("kling"));
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .filteredOn(name -> !name.matches("(sandbox|awaitility|HTTP-Dispatcher).*"))
                    .hasSizeGreaterThan(10)
                    .allMatch(name -> name.matches("Camel \\(.*|kling-.*"));
            assertThat(house.values("select name from sqlite_master where name not like 'sqlite%'"))
                    .hasSizeGreaterThan(8)
                    .allMatch(name -> name.startsWith("kling_"));
        }
    }

    private static Set<String> names(CamelContext camel) {
        return camel.getRegistry().findByTypeWithName(Object.class).entrySet().stream()
                .filter(bean -> ours(bean.getValue().getClass()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static boolean ours(Class<?> type) {
        return type.getName().startsWith("dev.klingroutes");
    }

    @Test
    void nothing_of_the_host_is_set() throws Exception {
        Properties properties = (Properties) System.getProperties().clone();
        CamelContext plain = new DefaultCamelContext();
        try (House house = new House(home, sandbox).open()) {
            house.drop("cat.txt", "a cat");
            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
            CamelContext camel = house.camel();

            assertThat(camel.getCamelContextExtension().getErrorHandlerFactory()).isNull();
            assertThat(camel.isStreamCaching()).isEqualTo(plain.isStreamCaching());
            assertThat(camel.isUseMDCLogging()).isEqualTo(plain.isUseMDCLogging());
            assertThat(camel.isAllowUseOriginalMessage())
                    .isEqualTo(plain.isAllowUseOriginalMessage());
            // Camel Main's, in which this test keeps house
            assertThat(camel.getGlobalOptions()).containsOnlyKeys("CamelMainClass");
            assertThat(camel.getShutdownStrategy().getTimeout())
                    .isEqualTo(plain.getShutdownStrategy().getTimeout());
            assertThat(threads(camel)).isEqualTo(threads(plain));
            assertThat(camel.getComponentNames()).doesNotContain("platform-http");
        }
        assertThat(System.getProperties()).isEqualTo(properties);
    }

    private static Integer threads(CamelContext camel) {
        return camel.getExecutorServiceManager().getDefaultThreadPoolProfile().getMaxPoolSize();
    }

    @Test
    void an_inbox_of_another_ledger_stops_the_host_and_nothing_is_taken() throws Exception {
        try (House one = new House(home, sandbox).open()) {
            assertThat(one.inbox(".ledger")).exists();
        }
        String other = "jdbc:sqlite:" + home.resolve("other/ledger.db");
        House two = new House(home, sandbox).with("kling.ledger.url", other);
        two.drop("cat.txt", "a cat");

        assertThatThrownBy(two::open)
                .hasStackTraceContaining(CannotStart.class.getName())
                .hasStackTraceContaining("belongs to another ledger");
        two.close();

        assertThat(two.inbox("cat.txt")).exists();
        assertThat(two.tasks()).isZero();
    }

    @Test
    void a_malformed_setting_stops_the_host_before_anything_is_made() {
        House house =
                new House(home, sandbox)
                        .with("kling.watch.every", "abc")
                        .with("kling.budget.per-dya", "5");

        assertThatThrownBy(house::open)
                .hasStackTraceContaining(CannotStart.class.getName())
                .hasStackTraceContaining("kling.watch.every is \"abc\": it must be a time such as")
                .hasStackTraceContaining(
                        "kling.budget.per-dya is no setting; did you mean kling.budget.per-day?");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void without_a_key_the_host_starts_and_its_tasks_wait() throws Exception {
        sandbox.misbehave("create.401=1");
        try (House house = new House(home, sandbox).without("COMETAPI_KEY").open()) {
            house.drop("cat.txt", "a cat");

            soon(
                    () ->
                            assertThat(house.value("select closed_message from kling_gate"))
                                    .isNotBlank());
            assertThat(house.state("cat")).isEqualTo("ACCEPTED");
        }
    }

    @Test
    void two_contexts_in_one_process_do_not_meet() throws Exception {
        try (Sandbox other =
                        Sandbox.start(
                                SandboxSettings.defaults()
                                        .withRender(Duration.ofMillis(150))
                                        .withInFlight(0));
                House one = new House(home.resolve("one"), sandbox).open();
                House two = new House(home.resolve("two"), other).open()) {
            one.drop("cat.txt", "a cat of one");
            two.drop("cat.txt", "a cat of two");
            two.drop("dog.txt", "a dog of two");

            soon(() -> assertThat(one.tasks("DELIVERED")).isEqualTo(1));
            soon(() -> assertThat(two.tasks("DELIVERED")).isEqualTo(2));
            one.camel().stop();
            two.drop("cow.txt", "a cow of two");
            soon(() -> assertThat(two.tasks("DELIVERED")).isEqualTo(3));

            assertThat(one.files("outbox")).containsExactly("cat.json", "cat.mp4");
            assertThat(sandbox.tasks())
                    .extracting(SandboxTask::prompt)
                    .containsExactly("a cat of one");
            assertThat(other.tasks())
                    .extracting(SandboxTask::prompt)
                    .containsExactlyInAnyOrder("a cat of two", "a dog of two", "a cow of two");
        }
    }

    @Test
    void a_context_that_is_suspended_goes_on_when_it_is_resumed() throws Exception {
        try (House house = new House(home, sandbox).open()) {
            house.drop("cat.txt", "a cat");
            house.camel().suspend();
            house.drop("dog.txt", "a dog");
            house.camel().resume();

            soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        }
        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
    }

    @Test
    void routes_that_are_stopped_go_on_when_they_are_started() throws Exception {
        try (House house = new House(home, sandbox).open()) {
            house.camel().getRouteController().stopAllRoutes();
            house.drop("cat.txt", "a cat");
            house.camel().getRouteController().startAllRoutes();

            soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(1));
        }
    }

    /**
     * With a stop Camel empties the registry, of the host's beans as of ours: not even a file with
     * one bean survives. Who wants to go on makes a new context.
     */
    @Test
    void a_context_that_was_stopped_has_lost_its_beans_whosever_they_are() throws Exception {
        Path file = home.resolve("plain.camel.yaml");
        Files.writeString(
                file,
                """
                - beans:
                    - name: thing
                      type: java.lang.Object
                - route:
                    id: plain
                    precondition: "${bean:thing?method=toString} != null"
                    from:
                      uri: direct:plain
                      steps:
                        - bean:
                            ref: thing
                            method: toString
                """);
        CamelContext camel = new DefaultCamelContext();
        try {
            camel.getRegistry().bind("own", "of the host");
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.resolveResource(camel, "file:" + file));
            camel.start();
            assertThat(camel.getRegistry().lookupByName("thing")).isNotNull();
            camel.stop();

            assertThat(camel.getRegistry().lookupByName("own")).isNull();
            assertThat(camel.getRegistry().lookupByName("thing")).isNull();
            assertThatThrownBy(camel::start).hasStackTraceContaining("thing");
        } finally {
            camel.stop();
        }
    }
}
