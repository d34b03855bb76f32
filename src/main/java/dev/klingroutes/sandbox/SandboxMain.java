package dev.klingroutes.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * Runs the sandbox as a process of its own and prints its address.
 *
 * <p>{@code --port 9999 --render 8s --in-flight 5 --key K --folder DIR --faults "look.500=0.1"
 * --seed 1 --no-external-id-lookups}, each optional; durations as {@code 500ms}, {@code 8s} or
 * {@code 2m}.
 */
public final class SandboxMain {
    private SandboxMain() {}

    public static void main(String[] args) throws IOException {
        System.out.println(Sandbox.start(settings(args)).url());
    }

    static SandboxSettings settings(String... args) {
        SandboxSettings settings = SandboxSettings.defaults();
        ArrayDeque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            String option = rest.remove();
            settings =
                    switch (option) {
                        case "--port" -> settings.withPort(Integer.parseInt(rest.remove()));
                        case "--render" -> settings.withRender(duration(rest.remove()));
                        case "--in-flight" ->
                                settings.withInFlight(Integer.parseInt(rest.remove()));
                        case "--key" -> settings.withKey(rest.remove());
                        case "--folder" -> settings.withFolder(Path.of(rest.remove()));
                        case "--faults" -> settings.withFaults(rest.remove());
                        case "--seed" -> settings.withSeed(Long.parseLong(rest.remove()));
                        case "--no-external-id-lookups" -> settings.withExternalIdLookups(false);
                        default -> throw new IllegalArgumentException("unknown: " + option);
                    };
        }
        return settings;
    }

    private static Duration duration(String text) {
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
}
