package dev.klingroutes.task;

import static java.util.stream.Collectors.joining;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

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
        return says(url, jar -> true);
    }

    /** What it says where Flyway cannot be loaded. */
    static String saysWithoutFlyway(String url) throws IOException {
        return says(url, jar -> !jar.contains("flyway"));
    }

    private static String says(String url, Predicate<String> jars) throws IOException {
        String classPath = System.getProperty("java.class.path");
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        Arrays.stream(classPath.split(File.pathSeparator))
                                                .filter(jars)
                                                .collect(joining(File.pathSeparator)),
                                        SecondApplication.class.getName(),
                                        url))
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
