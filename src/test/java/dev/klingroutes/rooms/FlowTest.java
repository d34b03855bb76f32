package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import dev.klingroutes.sandbox.SandboxTask;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: a dropped prompt comes out as a video. */
class FlowTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(150))
                                .withInFlight(0));
        house = new House(home, sandbox).open();
    }

    @AfterEach
    void close() throws Exception {
        house.close();
        sandbox.close();
    }

    @Test
    void a_dropped_prompt_comes_out_as_its_own_video() throws Exception {
        house.drop("cat.txt", "a cat plays the piano\n");

        soon(() -> assertThat(house.files("outbox")).containsExactly("cat.json", "cat.mp4"));
        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));

        SandboxTask bought = sandbox.tasks().get(0);
        byte[] video = Files.readAllBytes(house.outbox("cat.mp4"));
        assertThat(new String(video, StandardCharsets.ISO_8859_1)).endsWith(bought.taskId() + "/1");
        assertThat(bought.prompt()).isEqualTo("a cat plays the piano");
        assertThat(bought.path()).isEqualTo("videos/text2video");
        assertThat(bought.request())
                .containsEntry("model_name", "kling-v3")
                .containsEntry("mode", "std")
                .containsEntry("duration", "5")
                .containsEntry("aspect_ratio", "16:9")
                .containsEntry("sound", "off")
                .containsEntry("external_task_id", house.task("cat").externalId())
                .doesNotContainKeys("callback_url", "kind", "name");
        assertThat(house.files("accepted")).containsExactly("cat.txt");
        assertThat(house.files("inbox")).isEmpty();
        assertThat(house.files("failed")).isEmpty();
        assertThat(sandbox.stats().leakedHeaders()).isZero();
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void the_sidecar_says_what_was_asked_what_came_and_what_it_cost() throws Exception {
        house.drop("a/cat.json", "{\"prompt\":\"a cat\",\"duration\":10}");

        soon(() -> assertThat(house.outbox("a/cat.json")).exists());
        JsonNode sidecar = house.json(house.outbox("a/cat.json"));
        SandboxTask bought = sandbox.tasks().get(0);
        byte[] video = Files.readAllBytes(house.outbox("a/cat.mp4"));

        assertThat(sidecar.path("schema").asText()).isEqualTo("kling-routes/sidecar/1");
        assertThat(sidecar.path("task_id").asText()).isEqualTo(bought.taskId());
        assertThat(sidecar.path("external_task_id").asText()).isEqualTo(bought.externalTaskId());
        assertThat(sidecar.path("request_id").asText()).isNotBlank();
        assertThat(sidecar.at("/create/decision").asText()).isEqualTo("created");
        assertThat(sidecar.at("/create/code").asText()).isEqualTo("0");
        assertThat(sidecar.at("/create/message").asText()).isEqualTo("SUCCEED");
        assertThat(sidecar.at("/create/request_id").asText()).isNotBlank();
        assertThat(sidecar.path("provider").asText()).isEqualTo(sandbox.url());
        assertThat(sidecar.path("source").asText()).isEqualTo("a/cat.json");
        assertThat(sidecar.path("row").asInt()).isEqualTo(1);
        assertThat(sidecar.path("kind").asText()).isEqualTo("text2video");
        assertThat(sidecar.at("/request/prompt").asText()).isEqualTo("a cat");
        assertThat(sidecar.at("/request/duration").asText()).isEqualTo("10");
        assertThat(sidecar.path("looks").asInt()).isPositive();
        assertThat(sidecar.path("tries").asInt()).isEqualTo(1);
        assertThat(sidecar.at("/cost/deducted_units").asText()).isEqualTo("6");
        assertThat(sidecar.at("/cost/estimated_dollars").decimalValue())
                .isEqualByComparingTo("0.84");
        assertThat(sidecar.at("/cost/counted_dollars").decimalValue()).isEqualByComparingTo("0.84");
        assertThat(sidecar.at("/videos")).hasSize(1);
        assertThat(sidecar.at("/videos/0/file").asText()).isEqualTo("cat.mp4");
        assertThat(sidecar.at("/videos/0/size").asLong()).isEqualTo(video.length);
        assertThat(sidecar.at("/videos/0/sha256").asText()).isEqualTo(sha256(video));
        assertThat(
                        List.of("accepted", "sent", "submitted", "succeeded", "delivered").stream()
                                .map(time -> Instant.parse(sidecar.at("/times/" + time).asText())))
                .isSorted();
        assertThat(Files.readString(house.outbox("a/cat.json"))).doesNotContain("Signature");
    }

    @Test
    void every_kind_of_file_brings_its_prompts() {
        house.drop("a.txt", "text");
        house.drop("b.md", "# mark\n\ndown");
        house.drop("c.json", "{\"prompt\":\"object\"}");
        house.drop("d.json", "[{\"prompt\":\"array one\"},{\"prompt\":\"array two\"}]");
        house.drop("e.jsonl", "{\"prompt\":\"line one\"}\n\n{\"prompt\":\"line two\"}\n");
        house.drop("f.yaml", "prompt: yaml\nduration: 10\n");
        house.drop("g.yml", "- prompt: yml one\n- prompt: yml two\n  name: own\n");
        house.drop("h.csv", "prompt,name,aspect_ratio\n\"one, quoted\",,9:16\ntwo,mine,\n");

        soon(
                () ->
                        assertThat(house.files("outbox"))
                                .containsExactlyInAnyOrder(
                                        both(
                                                "a", "b", "c", "d-001", "d-002", "e-001", "e-002",
                                                "f", "g-001", "own", "h-001", "mine")));
        assertThat(sandbox.tasks())
                .extracting(SandboxTask::prompt)
                .containsExactlyInAnyOrder(
                        "text",
                        "# mark\n\ndown",
                        "object",
                        "array one",
                        "array two",
                        "line one",
                        "line two",
                        "yaml",
                        "yml one",
                        "yml two",
                        "one, quoted",
                        "two");
        assertThat(house.files("accepted")).hasSize(8);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(12);
    }

    @Test
    void a_sub_folder_keeps_its_results_and_its_defaults_hold_below_it() {
        house.drop("ads/_defaults.yaml", "mode: pro\nduration: 10\n");
        house.drop("ads/summer/_defaults.yaml", "duration: 5\naspect_ratio: '9:16'\n");
        house.drop("ads/summer/sea.txt", "the sea");
        house.drop("ads/summer/sun.yaml", "prompt: the sun\naspect_ratio: '1:1'\n");
        house.drop("sea.txt", "another sea");

        soon(
                () ->
                        assertThat(house.files("outbox"))
                                .containsExactlyInAnyOrder(
                                        both("ads/summer/sea", "ads/summer/sun", "sea")));
        assertThat(bought("the sea"))
                .containsEntry("mode", "pro")
                .containsEntry("duration", "5")
                .containsEntry("aspect_ratio", "9:16");
        assertThat(bought("the sun"))
                .containsEntry("mode", "pro")
                .containsEntry("aspect_ratio", "1:1");
        assertThat(bought("another sea")).containsEntry("mode", "std");
        assertThat(house.files("accepted"))
                .containsExactly("ads/summer/sea.txt", "ads/summer/sun.yaml", "sea.txt");
        assertThat(house.inbox("ads/_defaults.yaml")).exists();
    }

    @Test
    void two_files_of_one_stem_become_two_videos_and_the_second_has_a_name_of_its_own() {
        house.drop("cat.md", "one");
        house.drop("cat.txt", "two");
        house.drop("CAT.yaml", "prompt: three");

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(3));
        assertThat(house.files("outbox").stream().filter(name -> name.endsWith(".mp4")))
                .filteredOn(name -> name.matches("(?i)cat~[0-9a-f]{8}\\.mp4"))
                .hasSize(2);
        assertThat(house.tasks()).isEqualTo(3);
    }

    @Test
    void the_same_file_dropped_twice_is_bought_twice() {
        house.drop("cat.txt", "again");
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        house.drop("cat.txt", "again");

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        String second = sandbox.tasks().get(1).externalTaskId().substring(0, 8);
        assertThat(house.files("outbox")).containsExactlyInAnyOrder(both("cat", "cat~" + second));
        assertThat(house.files("accepted"))
                .hasSize(2)
                .contains("cat.txt")
                .anyMatch(name -> name.matches("cat~[0-9a-f]{8}\\.txt"));
    }

    @Test
    void a_task_with_several_videos_delivers_all_of_them() throws Exception {
        house.drop("cat-2.txt", "the stranger who has the name");
        soon(() -> assertThat(house.outbox("cat-2.json")).exists());
        house.drop("dog.txt", "[two] dogs");
        house.drop("cat.txt", "[two] cats");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.outbox("dog.json")).exists());
        String cat = house.task("cat").taskId();
        String own = "cat~" + house.task("cat").externalId().substring(0, 8) + "-2";
        assertThat(house.files("outbox"))
                .containsExactlyInAnyOrder(
                        "cat-2.json",
                        "cat-2.mp4",
                        "cat.json",
                        "cat.mp4",
                        own + ".mp4",
                        "dog.json",
                        "dog.mp4",
                        "dog-2.mp4");
        assertThat(Files.readString(house.outbox(own + ".mp4"), StandardCharsets.ISO_8859_1))
                .endsWith(cat + "/2");
        assertThat(house.json(house.outbox("cat.json")).at("/videos/1/file").asText())
                .isEqualTo(own + ".mp4");
    }

    @Test
    void strange_names_are_names_and_nothing_else() throws Exception {
        String long255 = "n".repeat(251) + ".txt";
        List<String> names =
                List.of(
                        "my best cat.txt",
                        "katze 🐈 ä.txt",
                        "${exception} $simple{body} {{kling.api.url}}.txt",
                        "a,b(c)'d\"e%20+&#;=.txt",
                        "null.txt",
                        "two.dots.in.txt",
                        long255);
        for (String name : names) {
            house.drop(name, "${sys.user.home} {{env:HOME}} $simple{body} of " + name);
        }

        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(names.size()));
        for (String name : names.subList(0, names.size() - 1)) {
            String stem = name.substring(0, name.length() - 4);
            assertThat(house.outbox(stem + ".mp4")).exists();
            assertThat(house.outbox(stem + ".json")).exists();
            assertThat(house.accepted(name)).exists();
        }
        assertThat(house.outbox("n".repeat(170) + ".mp4")).exists();
        assertThat(house.accepted(long255)).exists();
        assertThat(sandbox.tasks())
                .extracting(SandboxTask::prompt)
                .containsExactlyInAnyOrderElementsOf(
                        names.stream()
                                .map(n -> "${sys.user.home} {{env:HOME}} $simple{body} of " + n)
                                .toList());
        assertThat(house.files("failed")).isEmpty();
    }

    @Test
    void a_task_that_failed_says_why_and_gives_its_prompt_back() throws Exception {
        house.drop("bad.txt", "a [fail] cat");
        house.drop("rows.csv", "prompt,duration\n[fail] one,10\ntwo,5\n");

        soon(
                () ->
                        assertThat(house.files("failed"))
                                .containsExactlyInAnyOrder(
                                        "bad.error.json",
                                        "bad.txt",
                                        "rows-001.error.json",
                                        "rows-001.json"));
        JsonNode error = house.error("bad");
        assertThat(error.path("state").asText()).isEqualTo("FAILED");
        assertThat(error.path("message").asText())
                .isEqualTo("Failure to pass the risk control system");
        assertThat(error.path("task_id").asText()).isEqualTo(house.task("bad").taskId());
        assertThat(error.path("what_to_do").asText()).contains("back to the inbox");
        assertThat(Files.readString(house.failed("bad.txt"))).isEqualTo("a [fail] cat");
        assertThat(house.json(house.failed("rows-001.json")).path("duration").asText())
                .isEqualTo("10");

        // what lies in failed/ can go back as it is
        Files.move(house.failed("rows-001.json"), house.inbox("again.json"));
        soon(() -> assertThat(house.state("again")).isEqualTo("FAILED"));
        assertThat(sandbox.tasks().get(3).request()).containsEntry("duration", "10");
    }

    private java.util.Map<String, Object> bought(String prompt) {
        return sandbox.tasks().stream()
                .filter(task -> task.prompt().equals(prompt))
                .findFirst()
                .orElseThrow()
                .request();
    }

    private static String[] both(String... stems) {
        return List.of(stems).stream()
                .flatMap(stem -> List.of(stem + ".mp4", stem + ".json").stream())
                .toArray(String[]::new);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
