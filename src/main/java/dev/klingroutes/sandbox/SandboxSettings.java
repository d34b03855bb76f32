package dev.klingroutes.sandbox;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a sandbox is set up.
 *
 * @param port where it listens on 127.0.0.1; 0 takes the port used last in {@code folder}, or a
 *     free one
 * @param render from a task's creation to its end
 * @param inFlight tasks that may be unfinished at one time; 0 means no limit
 * @param externalIdLookups whether a task is also found by its external_task_id
 * @param key the one bearer token that is let in; null lets in any that is not empty
 * @param folder where tasks and port outlive the process; null keeps them in memory
 * @param faults what goes wrong, as {@link Sandbox#misbehave(String)} takes it
 * @param seed of the dice that probabilities are rolled with
 */
public record SandboxSettings(
        int port,
        Duration render,
        int inFlight,
        boolean externalIdLookups,
        String key,
        Path folder,
        String faults,
        long seed) {

    /** A free port, videos after 8 s, 5 tasks in flight, nothing kept and nothing going wrong. */
    public static SandboxSettings defaults() {
        return new SandboxSettings(0, Duration.ofSeconds(8), 5, true, null, null, "", 1);
    }

    public SandboxSettings withPort(int port) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withRender(Duration render) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withInFlight(int inFlight) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withExternalIdLookups(boolean externalIdLookups) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withKey(String key) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withFolder(Path folder) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withFaults(String faults) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }

    public SandboxSettings withSeed(long seed) {
        return new SandboxSettings(
                port, render, inFlight, externalIdLookups, key, folder, faults, seed);
    }
}
