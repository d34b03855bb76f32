package dev.klingroutes.task;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Another process that wants the same ledger. */
final class SecondApplication {
    private SecondApplication() {}

    public static void main(String[] url) {
        Settings settings = Settings.of(Map.of("kling.ledger.url", url[0]));
        try (Ledger ledger = new Ledger(new LedgerSource(settings), settings, Clock.systemUTC())) {
            ledger.open();
            System.out.println("opened " + ledger.count());
            Runtime.getRuntime().halt(0);
        } catch (CannotStart e) {
            System.out.println(e.getMessage());
        }
    }

    /** What it says. */
    static String says(String url) throws IOException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        SecondApplication.class.getName(),
                                        url))
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
