package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoOutboxTest {
    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(600))
                                .withInFlight(0));
        house = new House(home, sandbox).open();
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private void bought(String prompt) {
        house.drop("cat.txt", prompt);
        soon(() -> assertThat(house.state("cat")).isEqualTo("SUBMITTED"));
    }

    private String own() {
        return "cat~" + house.task("cat").externalId().substring(0, 8);
    }

    @Test
    void nothing_of_a_stranger_is_overwritten() throws Exception {
        bought("a [two] cat");
        Files.createDirectories(house.outbox(""));
        byte[] strange = {(byte) 0xff, (byte) 0xfe, 0, (byte) 0xc3};
        Files.write(house.outbox("cat.mp4"), strange);
        Files.write(house.outbox("cat.json"), strange);
        Files.createSymbolicLink(house.outbox("cat-2.mp4"), home.resolve("nowhere"));

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(house.outbox("cat.mp4")).hasBinaryContent(strange);
        assertThat(house.outbox("cat.json")).hasBinaryContent(strange);
        assertThat(home.resolve("nowhere")).doesNotExist();
        String id = house.task("cat").taskId();
        assertThat(Files.readString(house.outbox(own() + ".mp4"), StandardCharsets.ISO_8859_1))
                .endsWith(id + "/1");
        assertThat(Files.readString(house.outbox(own() + "-2.mp4"), StandardCharsets.ISO_8859_1))
                .endsWith(id + "/2");
        assertThat(house.json(house.outbox(own() + ".json")).at("/videos/0/file").asText())
                .isEqualTo(own() + ".mp4");
        assertThat(house.files("outbox")).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void a_folder_of_the_sidecars_name_is_a_stranger_too() throws Exception {
        bought("a cat");
        Files.createDirectories(house.outbox("cat.json"));
        Files.createDirectories(house.outbox("cat.mp4"));

        soon(() -> assertThat(house.state("cat")).isEqualTo("DELIVERED"));
        assertThat(house.outbox(own() + ".json")).isRegularFile();
        assertThat(house.outbox(own() + ".mp4")).isRegularFile();
        assertThat(house.outbox("cat.json")).isEmptyDirectory();
    }

    @Test
    void an_outbox_that_cannot_be_written_makes_the_paid_task_wait() throws Exception {
        bought("a cat");
        Files.deleteIfExists(house.outbox(""));
        Files.writeString(house.outbox(""), "a file in place of the folder");

        soon(() -> assertThat(house.failed("cat.error.json")).exists());
        assertThat(house.error("cat").path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(house.error("cat").path("message").asText()).contains("FileAlreadyExists");
        assertThat(house.error("cat").path("what_to_do").asText()).contains("nothing is bought");
        assertThat(house.failed("cat.txt")).doesNotExist();

        Files.delete(house.outbox(""));
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.files("failed")).isEmpty());
        assertThat(house.state("cat")).isEqualTo("DELIVERED");
        assertThat(sandbox.stats().createsReceived()).isEqualTo(1);
    }

    @Test
    void what_a_broken_run_left_half_written_is_removed() throws Exception {
        bought("a cat");
        String id = house.task("cat").externalId();
        Files.createDirectories(house.outbox(""));
        Files.writeString(house.outbox(".cat." + id + ".1.part"), "half");
        Files.writeString(house.outbox(".cat.json." + id + ".1.part"), "half");
        Files.writeString(house.outbox(".cat-2.mark." + id + ".2.part"), "half");
        house.pretend("update kling_task set tries = 1");

        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.files("outbox")).containsExactly("cat.json", "cat.mp4"));
        assertThat(Files.exists(house.outbox("cat.mp4"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
}
