package dev.klingroutes.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** On what was measured. */
final class Machine {
    private Machine() {}

    /** Cores, memory, JVM and kernel in a line. */
    static String told() throws IOException {
        return "%d cores (%s, family %s), %.0f GB, JDK %s, Linux %s, Camel %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        value("/proc/cpuinfo", "model name"),
                        // clouds call processors of very different age by one name
                        value("/proc/cpuinfo", "cpu family"),
                        Double.parseDouble(
                                        value("/proc/meminfo", "MemTotal").replaceAll("\\D+", ""))
                                / 1024
                                / 1024,
                        Runtime.version(),
                        System.getProperty("os.version"),
                        camel());
    }

    /** The commit that is checked out; with a + if something in it was changed. */
    static String commit() throws IOException {
        String commit = git("rev-parse", "--short", "HEAD");
        return git("status", "--porcelain", "--untracked-files=no").isEmpty()
                ? commit
                : commit + "+";
    }

    private static String git(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        try {
            Process git = new ProcessBuilder(command).start();
            return new String(git.getInputStream().readAllBytes()).strip();
        } catch (IOException noGit) {
            return "unknown";
        }
    }

    private static String value(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase()))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String camel() throws IOException {
        try (var jars = Files.list(Path.of("target", "lib"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.matches("camel-main-\\d.*\\.jar"))
                    .map(name -> name.replaceAll("camel-main-|\\.jar", ""))
                    .findFirst()
                    .orElse("unknown");
        }
    }
}
