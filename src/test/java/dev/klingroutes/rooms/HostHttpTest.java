package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy and the TLS of a host hold for the provider's calls and for downloads. */
class HostHttpTest {
    /** A name that nobody but the proxy knows. */
    private static final String INNER = "provider.kling.invalid";

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
    void a_certificate_that_only_the_host_knows_is_good() throws Exception {
        try (TlsFront front = new TlsFront(home, "localhost", sandbox);
                House house =
                        new House(home, front.url())
                                .bind("klingSslContextParameters", front.trusted())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        }
    }

    @Test
    void what_the_host_told_camel_is_good_as_well() throws Exception {
        try (TlsFront front = new TlsFront(home, "localhost", sandbox);
                House house =
                        new House(home, front.url())
                                .with(
                                        "camel.component.https.use-global-ssl-context-parameters",
                                        "true")
                                .global(front.trusted())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        }
    }

    @Test
    void a_certificate_that_nobody_knows_is_not() throws Exception {
        try (TlsFront front = new TlsFront(home, "localhost", sandbox);
                House house =
                        new House(home, front.url())
                                .bind("klingSslContextParameters", new SSLContextParameters())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.task("cat").message()).contains("PKIX"));
            assertThat(house.state("cat")).isEqualTo("ACCEPTED");
        }
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    @Test
    void everything_goes_through_the_proxy() throws Exception {
        try (TlsFront front = new TlsFront(home, INNER, sandbox);
                LittleProxy proxy = new LittleProxy();
                House house =
                        new House(home, front.url())
                                .with("kling.http.proxy", proxy.address())
                                .with("kling.download.private-addresses", "refuse")
                                .bind("klingSslContextParameters", front.trusted())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
            // a create and a download at least, each by a connection of its own
            assertThat(proxy.asked())
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allMatch(head -> head.startsWith("CONNECT " + INNER))
                    .noneMatch(head -> head.contains("Authorization"));
        }
    }

    @Test
    void the_proxy_that_the_host_told_camel_is_used_for_downloads_too() throws Exception {
        try (TlsFront front = new TlsFront(home, INNER, sandbox);
                LittleProxy proxy = new LittleProxy();
                House house =
                        new House(home, front.url())
                                .with("camel.component.https.proxy-host", "127.0.0.1")
                                .with(
                                        "camel.component.https.proxy-port",
                                        proxy.address().replaceFirst(".*:", ""))
                                .bind("klingSslContextParameters", front.trusted())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
            assertThat(proxy.asked()).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void behind_a_proxy_a_link_into_this_machine_is_still_refused() throws Exception {
        try (TlsFront front = new TlsFront(home, "localhost", sandbox);
                LittleProxy proxy = new LittleProxy();
                House house =
                        new House(home, front.url())
                                .with("kling.http.proxy", proxy.address())
                                .with("kling.download.private-addresses", "refuse")
                                .bind("klingSslContextParameters", front.trusted())
                                .open()) {
            house.drop("cat.txt", "a cat");

            soon(() -> assertThat(house.files("failed")).contains("cat.error.json"));
            assertThat(house.error("cat").path("message").asText())
                    .contains("localhost is a private address");
            assertThat(house.state("cat")).isEqualTo("SUCCEEDED");
        }
    }
}
