package dev.klingroutes.kamelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kamelet that needs nothing of ours, against the sandbox with its faults. */
class TextToVideoActionTest {
    private static final String KEY = "sk-very-secret";

    private Sandbox sandbox;
    private DefaultCamelContext camel;

    @BeforeEach
    void start() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults().withRender(Duration.ofMillis(300)).withKey(KEY));
        camel = new DefaultCamelContext();
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
        sandbox.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "create.wrapped",
                "create.bare",
                "look.wrapped",
                "look.bare",
                "look.500=2x",
                "look.502-html=2x",
                "look.garbage=2x",
                "look.empty=2x",
                "look.lose-reply=2x",
                "look.redirect=2x",
                "look.not-found=2x",
                "look.unknown-status=2x",
                "look.no-links=1x",
                "look.succeeded-word"
            })
    void a_prompt_becomes_the_address_of_its_video(String faults) {
        sandbox.misbehave(faults);

        Exchange answer = ask("a cup");

        assertThat(answer.getException()).isNull();
        SandboxTask task = sandbox.tasks().get(0);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(answer.getMessage().getBody(String.class))
                .startsWith(sandbox.url() + "/videos/" + task.taskId() + "/1.mp4?Expires=");
        assertThat(answer.getMessage().getHeaders())
                .containsOnlyKeys(
                        "orderId",
                        "Authorization",
                        "KlingProviderTaskId",
                        "KlingExternalTaskId",
                        "KlingVideoUrls",
                        "KlingVideoDuration",
                        "KlingDeductedUnits")
                .containsEntry("KlingProviderTaskId", task.taskId())
                .containsEntry("KlingExternalTaskId", task.externalTaskId())
                .containsEntry("KlingVideoDuration", "5")
                .containsEntry("KlingDeductedUnits", "3");
        assertThat(sandbox.stats().downloads()).isZero();
    }

    @Test
    void both_addresses_of_two_videos_are_told() {
        Exchange answer = ask("a cup [two]");

        assertThat(answer.getMessage().getHeader("KlingVideoUrls"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${sys.user.home} {{env:PATH}} {{no.such.key}}",
                "a \"cup\", 'b') ? c : d } \\ \n\t$simple{body}",
                "${bean:x?method=y} ${body.isBlank}"
            })
    void a_prompt_stays_the_text_it_is(String prompt) {
        assertThat(ask(prompt).getException()).isNull();

        assertThat(sandbox.tasks().get(0).request())
                .containsOnlyKeys(
                        "model_name",
                        "prompt",
                        "mode",
                        "duration",
                        "aspect_ratio",
                        "sound",
                        "external_task_id")
                .containsEntry("prompt", prompt)
                .containsEntry("duration", "5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create.500",
                "create.500-created",
                "create.502-html",
                "create.503",
                "create.504-created",
                "create.524-html",
                "create.gateway-503",
                "create.garbage",
                "create.empty",
                "create.redirect",
                "create.no-task-id",
                "create.lose-reply",
                "create.lose-request",
                "create.reset"
            })
    void an_unclear_create_is_not_repeated_and_names_our_id(String faults) {
        sandbox.misbehave(faults);

        Exchange answer = ask("a cup");

        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().looks()).isZero();
        assertThat(answer.getException())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Nobody knows")
                .hasMessageContaining(answer.getVariable("klingSent", String.class));
    }

    @ParameterizedTest
    @CsvSource({
        "create.401, Authentication failed",
        "create.1102, balance not enough",
        "create.1301, content security",
        "create.1302, too fast",
        "create.1303, over resource pack limit"
    })
    void a_refusal_says_why_and_that_nothing_was_created(String faults, String why) {
        sandbox.misbehave(faults);

        Exchange answer = ask("a cup");

        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(answer.getException())
                .hasMessageContaining("nothing was created")
                .hasMessageContaining(why);
    }

    @Test
    void where_nobody_listens_nothing_was_created() throws IOException {
        String address;
        try (ServerSocket closed = new ServerSocket(0)) {
            address = "http://127.0.0.1:" + closed.getLocalPort();
        }

        assertThat(ask("a cup", address, "").getException())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing was created");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a cup [fail]", "create.failed"})
    void a_failed_task_says_what_the_provider_says(String how) {
        sandbox.misbehave(how.startsWith("create") ? how : "");

        Exchange answer = ask(how);

        assertThat(answer.getException())
                .hasMessageContaining(sandbox.tasks().get(0).taskId())
                .hasMessageContaining("risk control");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void patience_ends_and_the_error_names_the_task() {
        Exchange answer = ask("a cup [stuck]", sandbox.url(), "&patience=300ms");

        assertThat(answer.getException())
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining(sandbox.tasks().get(0).taskId())
                .hasMessageContaining("300ms");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(sandbox.stats().looks()).isBetween(1L, 6L);
    }

    @Test
    void a_redelivery_buys_nothing() throws Exception {
        sandbox.misbehave("create.lose-reply");
        camel.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        errorHandler(
                                defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(1));
                        from("direct:order").to(kamelet(sandbox.url()));
                    }
                });

        camel.createProducerTemplate().send("direct:order", order("a cup"));

        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void what_an_earlier_call_was_told_is_not_said_of_an_unclear_one() {
        sandbox.misbehave("create.1303=1x,create.lose-reply=1x");
        Exchange exchange = ask("a cup");
        assertThat(exchange.getException()).hasMessageContaining("nothing was created");

        exchange.setException(null);
        exchange.getMessage().setBody("a cup");
        camel.createProducerTemplate().send(kamelet(sandbox.url()), exchange);

        assertThat(sandbox.stats().createsReceived()).isEqualTo(2);
        assertThat(exchange.getException()).hasMessageContaining("Nobody knows");
    }

    @Test
    void an_exchange_whose_create_was_unclear_is_not_sent_again() {
        sandbox.misbehave("create.lose-reply=1x");
        Exchange exchange = ask("a cup");
        exchange.setException(null);
        exchange.getMessage().setBody("a cup");
        camel.createProducerTemplate().send(kamelet(sandbox.url()), exchange);

        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
        assertThat(exchange.getException()).hasMessageContaining("is not repeated");
    }

    @Test
    void one_exchange_may_ask_for_one_video_after_the_other() {
        Exchange exchange = ask("a cup");
        exchange.getMessage().setBody("a jug");
        camel.createProducerTemplate().send(kamelet(sandbox.url()), exchange);

        assertThat(exchange.getException()).isNull();
        assertThat(sandbox.tasks())
                .extracting(SandboxTask::prompt)
                .containsExactly("a cup", "a jug");
    }

    @Test
    void two_of_them_stand_side_by_side() throws Exception {
        camel.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:both")
                                .to(kamelet(sandbox.url()))
                                .setBody(constant("a jug"))
                                .to(kamelet(sandbox.url()) + "&mode=pro");
                    }
                });

        assertThat(
                        camel.createProducerTemplate()
                                .send("direct:both", order("a cup"))
                                .getException())
                .isNull();
        assertThat(sandbox.tasks())
                .extracting(task -> task.request().get("mode"))
                .containsExactly("std", "pro");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void without_a_prompt_nothing_is_sent(String prompt) {
        assertThat(ask(prompt).getException()).hasMessageContaining("nothing was sent");
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../account",
                "{{env:PATH}}",
                "${sys.user.home}",
                "1?x=http://other.invalid",
                "1/2"
            })
    void a_task_id_that_is_none_leads_nowhere(String id) throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
                "/",
                call -> {
                    calls.add(call.getRequestMethod() + " " + call.getRequestURI());
                    call.getRequestHeaders()
                            .forEach((name, value) -> calls.add(name + " " + value));
                    byte[] reply =
                            "{\"code\":0,\"data\":{\"task_id\":\"%s\",\"task_status\":\"submitted\"}}"
                                    .formatted(id)
                                    .getBytes(StandardCharsets.UTF_8);
                    call.sendResponseHeaders(200, reply.length);
                    call.getResponseBody().write(reply);
                    call.close();
                });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();

            assertThat(ask("a cup", address, "").getException())
                    .hasMessageContaining("Nobody knows")
                    .hasMessageContaining(id);
            assertThat(calls)
                    .contains("POST /kling/v1/videos/text2video")
                    .contains("Authorization [Bearer " + KEY + "]")
                    .noneMatch(call -> call.startsWith("GET"))
                    .noneMatch(call -> call.contains("theirs") || call.startsWith("Orderid"));
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // create, look, what the error says
                "{'code':1001,'message':'bad KEY ${body} {{x}}'} | | bad Bearer *** ${body} {{x}}",
                "{'message':'bad KEY'} | | Nobody knows",
                "no JSON KEY | | Nobody knows",
                "OK | {'message':'bad KEY'} | bad Bearer ***",
                "OK | no JSON KEY | There is no video",
                "OK | {'task_id':'t1','task_status':'failed','task_status_msg':'bad KEY ${body}'} | failed: bad Bearer *** ${body}",
                "OK | {'task_id':'t1','task_status':'failed','task_status_msg':{'a':'KEY'}} | ***",
                "OK | {'task_id':'t1','task_status':'failed'} | t1 failed",
            })
    void a_key_that_the_provider_repeats_is_not_told(String create, String look, String says)
            throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        camel.getCamelContextExtension()
                .addLogListener(
                        (exchange, logger, message) -> {
                            log.add(message);
                            return message;
                        });

        Exchange answer = answers(create, look);

        assertThat(answer.getException()).hasMessageContaining(says);
        assertThat(log + trace(answer.getException())).doesNotContain(KEY);
        if (create.equals("OK")) {
            assertThat(log.get(0))
                    .contains("Task t1 was created")
                    .contains(answer.getVariable("klingSent", String.class));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk,1", "sk(1)", "sk)", "sk-1=", "$1\\", ".*", "#sk"})
    void a_key_with_commas_or_parentheses_is_text(String key) throws Exception {
        Exchange answer = answers(key, "{'code':1001,'message':'bad KEY'}", "");

        assertThat(answer.getException()).hasMessageContaining("bad Bearer ***\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'file:///etc/passwd'",
                "'//other.invalid/1.mp4'",
                "'javascript:1'",
                "'http:// other'",
                "''",
                "7",
                "{'a':1}",
                "['http://other.invalid/1.mp4']"
            })
    void what_is_no_address_of_the_web_is_no_video(String url) throws Exception {
        assertThat(answers("OK", succeeded(url)).getException())
                .hasMessageContaining("t1")
                .hasMessageContaining("does not begin with https:// or http://");
    }

    @Test
    void an_address_that_is_none_is_not_told_beside_one() throws Exception {
        Exchange answer =
                answers("OK", succeeded("'https://a.invalid/1.mp4'},{'url':'file:///etc/passwd'"));

        assertThat(answer.getException()).isNull();
        assertThat(answer.getMessage().getBody()).isEqualTo("https://a.invalid/1.mp4");
        assertThat(answer.getMessage().getHeader("KlingVideoUrls"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactly("https://a.invalid/1.mp4");
    }

    @Test
    void a_property_of_the_host_is_not_taken_for_the_key() {
        camel.getPropertiesComponent().addInitialProperty("apiKey", "theirs");

        String keyless = "kamelet:kling-text-to-video-action?baseUrl=" + sandbox.url();

        assertThatThrownBy(() -> camel.createProducerTemplate().send(keyless, order("a cup")))
                .rootCause()
                .hasMessageContaining("apiKey");
        assertThat(sandbox.stats().createsReceived()).isZero();
    }

    private static String succeeded(String url) {
        return "{'task_id':'t1','task_status':'succeed','task_result':{'videos':[{'url':%s}]}}"
                .formatted(url);
    }

    private static String trace(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out));
        return out.toString();
    }

    /** What comes of replies like these; KEY is the header as it came, OK a task t1. */
    private Exchange answers(String create, String look) throws Exception {
        return answers(KEY, create, look);
    }

    private Exchange answers(String key, String create, String look) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
                "/",
                call -> {
                    String ok = "{'task_id':'t1','task_status':'submitted'}";
                    String text = call.getRequestMethod().equals("POST") ? create : look;
                    byte[] reply =
                            text.replace("OK", ok)
                                    .replace('\'', '"')
                                    .replace(
                                            "KEY",
                                            call.getRequestHeaders().getFirst("Authorization"))
                                    .getBytes(StandardCharsets.UTF_8);
                    call.sendResponseHeaders(200, reply.length);
                    call.getResponseBody().write(reply);
                    call.close();
                });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            String uri = kamelet(address).replace(KEY, key) + "&patience=400ms";
            return camel.createProducerTemplate().send(uri, order("a cup"));
        } finally {
            server.stop(0);
        }
    }

    /** As a host sends it, with headers that are none of the provider's business. */
    private Exchange order(String prompt) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody(prompt);
        Map.of(
                        "orderId", "7",
                        "Authorization", "theirs",
                        "CamelHttpUri", "http://other.invalid/{{env:PATH}}",
                        "CamelHttpPath", "/elsewhere",
                        "CamelHttpQuery", "x=1",
                        "CamelHttpMethod", "DELETE")
                .forEach(exchange.getMessage()::setHeader);
        return exchange;
    }

    private Exchange ask(String prompt) {
        return ask(prompt, sandbox.url(), "");
    }

    private Exchange ask(String prompt, String address, String more) {
        return camel.createProducerTemplate().send(kamelet(address) + more, order(prompt));
    }

    private static String kamelet(String address) {
        return "kamelet:kling-text-to-video-action?apiKey=RAW(%s)&baseUrl=%s&every=50"
                .formatted(KEY, address);
    }
}
