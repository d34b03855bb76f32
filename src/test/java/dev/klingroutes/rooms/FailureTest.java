package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        house = new House(home, sandbox).open();
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    /** What the rooms rely on when a call in a room further on fails. */
    @Test
    void a_room_does_not_go_on_when_the_room_it_called_failed() throws Exception {
        house.camel()
                .addRoutes(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:calling")
                                        .routeConfigurationId("kling-failure")
                                        .setProperty("went-on", constant(false))
                                        .filter(simple("${body} != null"))
                                        .to("direct:failing")
                                        .setProperty("went-on", constant(true))
                                        .end()
                                        .setProperty("went-on", constant(true));
                                from("direct:failing")
                                        .routeConfigurationId("kling-failure")
                                        .throwException(new IllegalStateException("on purpose"));
                            }
                        });
        Console console = new Console();

        Exchange exchange =
                house.camel()
                        .createProducerTemplate()
                        .request("direct:calling", asked -> asked.getMessage().setBody("x"));

        assertThat(exchange.getProperty("went-on", Boolean.class)).isFalse();
        assertThat(exchange.getException()).isNull();
        assertThat(console.lines("IllegalStateException: on purpose")).hasSize(1);
    }

    @Test
    void the_errors_of_a_hosts_own_routes_are_the_hosts() throws Exception {
        house.camel()
                .addRoutes(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:host")
                                        .errorHandler(noErrorHandler())
                                        .throwException(new IllegalStateException("on purpose"));
                            }
                        });

        Exchange exchange =
                house.camel().createProducerTemplate().request("direct:host", asked -> {});

        assertThat(exchange.getException()).hasMessage("on purpose");
    }

    @Test
    void a_strangers_file_in_failed_stays_as_it_is() throws Exception {
        byte[] strange = {(byte) 0xff, 0, (byte) 0xc3};
        Files.createDirectories(house.failed(""));
        Files.write(house.failed("cat.txt"), strange);
        house.drop("cat.txt", "a [fail] cat");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.files("failed")).hasSize(3));

        String own = "cat~" + house.task("cat").externalId().substring(0, 8);
        assertThat(house.failed(own + ".txt")).hasContent("a [fail] cat");
        assertThat(house.failed("cat.txt")).hasBinaryContent(strange);
    }

    @Test
    void only_an_error_file_of_ours_is_taken_back() throws Exception {
        sandbox.misbehave("create.lose-reply=1x");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.state("cat")).isEqualTo("UNCERTAIN"));
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        Files.write(
                house.failed("cat.error.json"),
                "no JSON and not ours, é".getBytes(StandardCharsets.ISO_8859_1));

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.owes("cat")).isNull());
        assertThat(house.failed("cat.error.json")).exists();
    }

    @Test
    void an_error_file_that_cannot_be_written_stays_owed() throws Exception {
        sandbox.misbehave("create.1301");
        Console console = new Console();
        Files.deleteIfExists(house.failed(""));
        Files.writeString(house.failed(""), "a file in place of the folder");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(console.lines("trouble with the application")).isNotEmpty());
        assertThat(console.lines("trouble with the application").get(0)).contains("failed");
        assertThat(house.state("cat")).isEqualTo("FAILED");
        assertThat(house.owes("cat")).isEqualTo("write");
    }
}
