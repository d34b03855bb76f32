package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may drop files, or plant links in our folders, gets nothing written or read elsewhere. */
class ForeignNamesTest {
    @TempDir Path folder;
    private Path elsewhere;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("secret.txt"), "a secret of somebody else");
        sandbox =
                Sandbox.start(
                        SandboxSettings.defaults()
                                .withRender(Duration.ofMillis(50))
                                .withInFlight(0));
        house = new House(folder.resolve("house"), sandbox).open();
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    private Map<String, String> elsewhere() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(elsewhere)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                all.put(
                        elsewhere.relativize(file).toString(),
                        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                                ? Files.readString(file)
                                : "");
            }
        }
        return all;
    }

    private void link(Path from, Path to) throws IOException {
        Files.createDirectories(from.getParent());
        Files.createSymbolicLink(from, to);
    }

    @Test
    void a_name_that_leads_out_is_refused_before_anything_is_bought() throws Exception {
        String[] names = {
            "../evil",
            "../../evil",
            "/tmp/evil",
            "a/../../evil",
            "..\\\\evil",
            ".evil",
            "..",
            "evil\\u0000"
        };
        for (int i = 0; i < names.length; i++) {
            house.drop(
                    "drop" + i + ".json", "{\"prompt\":\"x\",\"name\":\"%s\"}".formatted(names[i]));
        }
        house.drop("..evil.json", "{\"prompt\":\"x\"}");

        for (int i = 0; i < names.length; i++) {
            Path error = house.failed("drop" + i + ".error.json");
            soon(() -> assertThat(error).exists());
        }
        assertThat(sandbox.stats().createsReceived()).isZero();
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.contains("evil"))
                    .containsExactly("..evil.json");
        }
    }

    @Test
    void a_link_in_our_folders_is_not_followed() throws Exception {
        Map<String, String> before = elsewhere();
        link(house.inbox("link.txt"), elsewhere.resolve("secret.txt"));
        link(house.inbox("folder"), elsewhere);
        link(house.outbox("video"), elsewhere);
        link(house.failed("error"), elsewhere);
        link(house.accepted("taken"), elsewhere);
        link(house.outbox("cat.mp4"), elsewhere.resolve("secret.txt"));
        link(house.outbox("cat.json"), elsewhere.resolve("new.json"));
        house.drop("video/deep/one.txt", "[two] cats");
        house.drop("error/two.txt", "a [fail] cat");
        house.drop("taken/three.txt", "a cat");
        house.drop("cat.txt", "a cat");

        soon(() -> assertThat(house.failed("video/deep/one.error.json")).exists());
        assertThat(house.json(house.failed("video/deep/one.error.json")).path("message").asText())
                .contains("is a link that leads out of");
        soon(() -> assertThat(house.state("two")).isEqualTo("FAILED"));
        // three, and the cat under a name of its own
        soon(() -> assertThat(house.tasks("DELIVERED")).isEqualTo(2));
        assertThat(sandbox.stats().createsReceived()).isEqualTo(4);
        assertThat(house.state("one")).isEqualTo("SUCCEEDED");
        assertThat(elsewhere()).isEqualTo(before);

        // the link taken away, it goes on
        Files.delete(house.outbox("video"));
        soon().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(house.state("one")).isEqualTo("DELIVERED"));
    }
}
