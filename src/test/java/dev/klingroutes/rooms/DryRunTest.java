package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;
    private final Console console = new Console();

    @BeforeEach
    void build() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults());
        house = new House(home, sandbox).with("kling.dry-run", "true").with("COMETAPI_KEY", "");
    }

    @AfterEach
    void close() {
        house.close();
        assertThat(sandbox.tasks()).isEmpty();
        assertThat(home.resolve("data")).doesNotExist();
        assertThat(home.resolve("accepted")).doesNotExist();
        sandbox.close();
    }

    @Test
    void it_says_what_would_be_bought_and_takes_nothing() throws Exception {
        Path shots = house.drop("ads/shots.csv", "prompt,mode\n" + "a,std\n".repeat(12));
        house.open();

        soon(() -> assertThat(house.outbox("ads/shots.plan.json")).exists());
        JsonNode plan = house.json(house.outbox("ads/shots.plan.json"));
        assertThat(plan.path("schema").asText()).isEqualTo("kling-routes/plan/1");
        assertThat(plan.path("source").asText()).isEqualTo("ads/shots.csv");
        assertThat(plan.path("videos").asInt()).isEqualTo(12);
        assertThat(plan.path("dollars").asDouble()).isEqualTo(5.04);
        JsonNode first = plan.path("prompts").path(0);
        assertThat(first.path("name").asText()).isEqualTo("shots-001");
        assertThat(first.path("request").path("model_name").asText()).isEqualTo("kling-v3");
        assertThat(first.path("dollars").asDouble()).isEqualTo(0.42);
        assertThat(first.path("price").asText()).contains("2026");
        assertThat(first.path("refused").isNull()).isTrue();
        soon(
                () ->
                        assertThat(console.lines("ads/shots.csv"))
                                .singleElement()
                                .asString()
                                .contains("would buy 12 videos for about $5.04; nothing was sent"));
        assertThat(shots).exists();
        assertThat(house.files("inbox")).containsExactly("ads/shots.csv");
        assertThat(house.files("outbox")).containsExactly("ads/shots.plan.json");
    }

    @Test
    void it_says_what_would_be_refused_and_takes_it_back_when_that_is_corrected() throws Exception {
        Path cat = house.drop("cat.json", "{\"prompt\":\"a\",\"mode\":\"prp\"}");
        house.open();

        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        JsonNode error = house.error("cat");
        assertThat(error.path("state").asText()).isEqualTo("REFUSED");
        assertThat(error.path("dry_run").asBoolean()).isTrue();
        assertThat(error.path("message").asText()).contains("did you mean \"pro\"?");
        assertThat(error.path("faults")).hasSize(1);
        assertThat(error.path("what_to_do").asText()).contains("This was a dry run", "cat.json");
        assertThat(house.files("inbox")).containsExactly("cat.json");

        Files.writeString(cat, "{\"prompt\":\"a\",\"mode\":\"pro\"}");
        soon(() -> assertThat(house.outbox("cat.plan.json")).exists());
        soon(() -> assertThat(house.files("failed")).isEmpty());

        Files.writeString(cat, "{\"prompt\":\"a\",\"mode\":\"proo\"}");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.files("outbox")).isEmpty());
    }

    @Test
    void a_file_is_planned_once_and_anew_when_it_or_its_defaults_change() throws Exception {
        Path cat = house.drop("a/cat.txt", "a cat");
        house.open();
        soon(() -> assertThat(console.lines("a/cat.txt")).hasSize(1));
        // the routes have looked again
        house.drop("b.txt", "x");
        soon(() -> assertThat(console.lines("b.txt")).hasSize(1));
        house.drop("c.txt", "x");
        soon(() -> assertThat(console.lines("c.txt")).hasSize(1));
        assertThat(console.lines("a/cat.txt")).hasSize(1);

        house.drop("a/_defaults.yaml", "duration: 10\nbudget-per-day: 0.50\n");
        soon(() -> assertThat(console.lines("a/cat.txt")).hasSize(2));
        JsonNode plan = house.json(house.outbox("a/cat.plan.json"));
        assertThat(plan.path("videos").asInt()).isZero();
        assertThat(plan.path("prompts").path(0).path("refused").asText())
                .isEqualTo("it would cost $0.84; the budget is $0.50 a day in a/");
        assertThat(console.lines("a/cat.txt").get(1))
                .contains("would buy nothing, 1 would be refused by the budget");

        Files.setLastModifiedTime(cat, FileTime.fromMillis(1_700_000_000_000L));
        soon(() -> assertThat(console.lines("a/cat.txt")).hasSize(3));
        assertThat(house.files("outbox"))
                .containsExactly("a/cat.plan.json", "b.plan.json", "c.plan.json");
    }

    @Test
    void nothing_of_others_is_overwritten() throws Exception {
        Files.createDirectories(home.resolve("outbox"));
        Files.createDirectories(home.resolve("failed"));
        Files.writeString(house.outbox("cat.plan.json"), "mine");
        Files.writeString(
                house.failed("bad.error.json"), "{\"state\":\"REFUSED\",\"source\":\"bad.json\"}");
        house.drop("cat.txt", "a cat");
        house.drop("dog.json", "{\"prompt\":\"a dog\"}");
        house.drop("dog.txt", "another dog");
        house.drop("bad.json", "{");
        house.open();

        soon(() -> assertThat(house.files("outbox")).hasSize(4));
        soon(() -> assertThat(house.files("failed")).hasSize(2));
        assertThat(house.outbox("cat.plan.json")).hasContent("mine");
        assertThat(house.failed("bad.error.json")).content().doesNotContain("dry_run");
        assertThat(house.files("outbox"))
                .anyMatch(name -> name.matches("cat~.{8}\\.plan\\.json"))
                .anyMatch(name -> name.matches("dog~.{8}\\.plan\\.json"));
        assertThat(house.json(house.outbox("dog.plan.json")).path("source").asText())
                .isEqualTo("dog.json");
    }

    @Test
    void a_second_dry_run_replaces_the_plans_of_the_first() throws Exception {
        house.drop("cat.txt", "a cat");
        house.open();
        soon(() -> assertThat(house.outbox("cat.plan.json")).exists());
        house.close();
        Files.setLastModifiedTime(house.outbox("cat.plan.json"), FileTime.fromMillis(0));

        house.with("kling.prompt.duration", "10").open();
        soon(
                () ->
                        assertThat(
                                        house.json(house.outbox("cat.plan.json"))
                                                .path("dollars")
                                                .asDouble())
                                .isEqualTo(0.84));
        assertThat(house.files("outbox")).containsExactly("cat.plan.json");
    }
}
