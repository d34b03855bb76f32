package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.SmallDisk;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each folder's disk full in its turn: bought once, told once, and it goes on by itself. */
class DiskFullTest {
    private static final String FULL = "No space left on device";

    @TempDir Path home;
    private SmallDisk disk;
    private Sandbox sandbox;
    private House house;
    private Console console;

    @BeforeEach
    void prepare() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withInFlight(0)
                                .withRender(Duration.ofMillis(50)));
        house =
                new House(home, sandbox)
                        .with("kling.inbox.resume", "300")
                        .with("kling.ledger.min-free", "1KB");
        console = new Console();
    }

    @AfterEach
    void close() throws Exception {
        if (disk != null) {
            house.close();
            disk.close();
        }
        sandbox.close();
    }

    private void open(String folder) throws Exception {
        disk = SmallDisk.at(home.resolve(folder), 6);
        house.open();
    }

    private void deliveredAndBoughtOnce(int tasks) {
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(tasks));
        assertThat(house.tasks()).isEqualTo(tasks);
        assertThat(sandbox.stats().createsReceived()).isEqualTo(tasks);
    }

    @Test
    void of_the_outbox() throws Exception {
        open("outbox");
        disk.fill();
        house.drop("cat.txt", "a cat");
        house.drop("dog.txt", "a dog");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        soon(() -> assertThat(house.failed("dog.error.json")).exists());
        assertThat(house.error("cat").get("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(house.error("cat").get("message").textValue()).contains(FULL);
        assertThat(console.lines(FULL)).hasSize(1);

        disk.free();
        deliveredAndBoughtOnce(2);
        assertThat(house.files("outbox"))
                .containsExactly("cat.json", "cat.mp4", "dog.json", "dog.mp4");
        soon(() -> assertThat(house.files("failed")).isEmpty());
    }

    @Test
    void of_the_outbox_between_a_video_and_its_sidecar() throws Exception {
        open("outbox");
        house.drop("cow.txt", "a cow");
        deliveredAndBoughtOnce(1);
        long video = Files.size(home.resolve("outbox/cow.mp4"));
        // for a video and the mark of its download, which is smaller than so long a prompt
        disk.fill((video / SmallDisk.BLOCK_BYTES + 2) * SmallDisk.BLOCK_BYTES);
        house.drop("cat.txt", "a cat, " + "猫".repeat(2400));
        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.error("cat").get("message").textValue()).contains(FULL);
        assertThat(house.files("outbox")).contains("cat.mp4").doesNotContain("cat.json");

        disk.free();
        deliveredAndBoughtOnce(2);
        assertThat(house.files("outbox"))
                .containsExactly("cat.json", "cat.mp4", "cow.json", "cow.mp4");
        assertThat(sandbox.stats().downloads()).isEqualTo(2);
        assertThat(console.lines(FULL)).hasSize(1);
        soon(() -> assertThat(house.files("failed")).isEmpty());
    }

    /** Room for two of four that come at once: what has come of one must not keep out another. */
    @Test
    void of_the_outbox_while_several_videos_come() throws Exception {
        open("outbox");
        sandbox.misbehave("video-bytes=1500000");
        disk.fill(4_000_000);
        house.drop("cups.jsonl", "{\"prompt\":\"a cup\"}\n".repeat(4));
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        soon(() -> assertThat(house.files("failed")).anyMatch(name -> name.endsWith("error.json")));

        disk.free();
        house.hurry("SUCCEEDED");
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(4));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(4);
    }

    @Test
    void of_the_ledger_when_a_prompt_is_accepted() throws Exception {
        open("data");
        disk.fill();
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(console.lines("cannot be used")).hasSize(1));
        assertThat(console.lines("cannot be used").get(0)).contains("database or disk is full");
        assertThat(house.tasks()).isZero();
        assertThat(house.inbox("cat.txt")).doesNotExist();

        disk.free();
        deliveredAndBoughtOnce(1);
        soon(() -> assertThat(console.lines("can be used again")).hasSize(1));
        assertThat(house.accepted("cat.txt")).hasContent("a cat");
        assertThat(console.lines("cannot be used")).hasSize(1);
    }

    @Test
    void of_the_ledger_when_a_create_is_answered() throws Exception {
        open("data");
        sandbox.misbehave("create.slow=1,slow-ms=3000");
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(sandbox.stats().createsReceived()).isEqualTo(1));
        disk.fill();
        soon(() -> assertThat(console.lines("cannot be stored")).hasSize(1));
        assertThat(house.state("cat")).isEqualTo("SUBMITTING");
        assertThat(console.lines("cannot be stored").get(0))
                .contains(sandbox.tasks().get(0).taskId(), house.task("cat").externalId());

        disk.free();
        deliveredAndBoughtOnce(1);
        assertThat(sandbox.stats().lookupsByExternalId()).isZero();
    }

    @Test
    void of_the_ledger_before_it_is_full_nothing_is_bought() throws Exception {
        house.with("kling.ledger.min-free", "3MB");
        open("data");
        disk.fill(2 << 20);
        house.drop("cat.txt", "a cat");
        house.drop("dog.txt", "a dog");
        soon(() -> assertThat(console.lines("nothing is bought until")).hasSize(1));
        soon(() -> assertThat(house.tasksWhere("state = 'ACCEPTED'")).isEqualTo(2));
        assertThat(sandbox.stats().createsReceived()).isZero();

        disk.free();
        house.hurry("ACCEPTED");
        deliveredAndBoughtOnce(2);
        assertThat(console.lines("nothing is bought until")).hasSize(1);
        assertThat(console.lines("has room again")).hasSize(1);
    }

    @Test
    void of_accepted() throws Exception {
        open("accepted");
        disk.fill();
        house.drop("cat.txt", "a cat");
        house.drop("dog.txt", "a dog");
        deliveredAndBoughtOnce(2);
        soon(() -> assertThat(console.lines(FULL)).hasSize(1));
        assertThat(house.files("accepted")).containsExactly(".ballast");

        disk.free();
        soon(() -> assertThat(house.files("accepted")).containsExactly("cat.txt", "dog.txt"));
        assertThat(house.accepted("cat.txt")).hasContent("a cat");
        assertThat(house.files("inbox")).isEmpty();
        assertThat(console.lines(FULL)).hasSize(1);
        deliveredAndBoughtOnce(2);
    }

    @Test
    void of_failed() throws Exception {
        open("failed");
        disk.fill();
        house.drop("cat.json", "{\"promt\":\"a cat\"}");
        house.drop("dog.json", "{\"promt\":\"a dog\"}");
        house.drop("cow.txt", "a [fail] cow");
        soon(() -> assertThat(house.state("cow")).isEqualTo("FAILED"));
        soon(() -> assertThat(console.lines(FULL)).hasSize(1));
        assertThat(house.owes("cow")).isEqualTo("write");

        disk.free();
        soon(() -> assertThat(house.failed("cat.json")).exists());
        soon(() -> assertThat(house.failed("dog.json")).exists());
        house.pretend("update kling_task set report_at = 0 where report_at is not null");
        soon(() -> assertThat(house.owes("cow")).isEqualTo("written"));
        assertThat(house.files("failed"))
                .containsExactly(
                        "cat.error.json",
                        "cat.json",
                        "cow.error.json",
                        "cow.txt",
                        "dog.error.json",
                        "dog.json");
        assertThat(console.lines(FULL)).hasSize(1);
        assertThat(Files.list(home.resolve("inbox/.accepting"))).isEmpty();
    }
}
