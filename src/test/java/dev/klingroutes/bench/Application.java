package dev.klingroutes.bench;

import dev.klingroutes.JarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged jar as it is measured: with {@code -Xmx256m}, on a provider and on a ledger. */
final class Application implements AutoCloseable {
    private final JarProcess process;

    Application(Path home, String url, Books books, Map<String, String> settings, String... jvm)
            throws IOException {
        Files.createDirectories(home);
        Map<String, String> environment = new HashMap<>();
        environment.put("COMETAPI_KEY", "test");
        environment.put("KLING_API_URL", url);
        environment.put("KLING_DOWNLOAD_PRIVATE_ADDRESSES", "allow");
        environment.putAll(books.environment());
        environment.putAll(settings);
        List<String> all = new ArrayList<>(List.of("-Xmx256m"));
        all.addAll(List.of(jvm));
        process = JarProcess.start(home, environment, all.toArray(String[]::new));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() throws InterruptedException {
        return !process.endsWithin(0);
    }

    @Override
    public void close() {
        ProcessHandle.of(pid())
                .ifPresent(
                        running -> {
                            running.destroyForcibly();
                            running.onExit().join();
                        });
    }
}
