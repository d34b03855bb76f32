package dev.klingroutes.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxMainTest {
    @Test
    void everyOptionIsASetting() {
        assertThat(
                        SandboxMain.settings(
                                "--port 9999 --render 500ms --in-flight 7 --key k --folder kept"
                                        .concat(" --faults look.500=0.1 --seed 3")
                                        .concat(" --no-external-id-lookups")
                                        .split(" ")))
                .isEqualTo(
                        new SandboxSettings(
                                9999,
                                Duration.ofMillis(500),
                                7,
                                false,
                                "k",
                                Path.of("kept"),
                                "look.500=0.1",
                                3));
    }

    @Test
    void withoutOptionsItIsTheDefault() {
        assertThat(SandboxMain.settings()).isEqualTo(SandboxSettings.defaults());
        assertThat(SandboxMain.settings("--render", "2m").render())
                .isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertThatThrownBy(() -> SandboxMain.settings("--prot", "1"))
                .hasMessageContaining("--prot");
    }
}
