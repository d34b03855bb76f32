package dev.klingroutes.host;

import static org.awaitility.Awaitility.await;

import dev.klingroutes.KlingVideos;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.awaitility.core.ThrowingRunnable;

/** Somebody else's application with a route into the sink, the rooms beside it. */
final class SinkHost implements AutoCloseable {
    static final String ROOMS = "classpath:kling/routes/*.camel.yaml";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Path home;
    private String patterns = ROOMS;
    private String sink = "kamelet:kling-video-sink";
    private Main main;

    SinkHost(Path home, String provider) {
        this.home = home;
        with("COMETAPI_KEY", "k");
        with("kling.api.url", provider);
        with("kling.ledger.url", "jdbc:sqlite:" + home.resolve("data/ledger.db"));
        for (String folder : new String[] {"inbox", "accepted", "outbox", "failed"}) {
            with("kling." + folder + ".dir", home.resolve(folder).toString());
        }
        with("kling.clock.tick", "20");
        with("kling.watch.first-look", "50ms");
        with("kling.watch.every", "100ms");
        with("kling.download.private-addresses", "allow");
        with("camel.component.seda.default-poll-timeout", "50");
    }

    SinkHost with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** What is loaded beside the route in Java: the rooms, unless a test says otherwise. */
    SinkHost loading(String itsPatterns) {
        patterns = itsPatterns;
        return this;
    }

    /** How the route calls the sink. */
    SinkHost calling(String uri) {
        sink = uri;
        return this;
    }

    SinkHost open() throws Exception {
        main = new Main();
        main.configure().withRoutesIncludePattern(patterns);
        Properties properties = new Properties();
        properties.putAll(settings);
        main.setOverrideProperties(properties);
        main.configure()
                .addRoutesBuilder(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:order").routeId("order").to(sink);
                            }
                        });
        main.start();
        return this;
    }

    /** The answer to a message that was sent to the route. */
    Exchange order(Object body, Map<String, Object> headers) {
        return camel().createFluentProducerTemplate()
                .to("direct:order")
                .withBody(body)
                .withHeaders(headers)
                .send();
    }

    Exchange order(Object body) {
        return order(body, Map.of());
    }

    static String id(Exchange answer) {
        if (answer.getException() != null) {
            throw new AssertionError(answer.getException());
        }
        return answer.getMessage().getHeader("KlingTaskId", String.class);
    }

    CamelContext camel() {
        return main.getCamelContext();
    }

    KlingVideos videos() {
        return KlingVideos.of(camel());
    }

    Path outbox(String name) {
        return home.resolve("outbox").resolve(name);
    }

    static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }

    @Override
    public void close() {
        if (main != null) {
            main.stop();
        }
    }
}
