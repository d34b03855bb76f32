package dev.klingroutes.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the samples of a flight recording lie. A sample belongs to the first of its frames, from
 * the top, that is not the JDK's own: what the ledger has the JDK do is the ledger's.
 */
final class Profile {
    private static final Map<String, Pattern> PARTS = new LinkedHashMap<>();

    static {
        part("the ledger", "org\\.(sqlite|postgresql|jdbi)|com\\.zaxxer|dev\\.klingroutes\\.task");
        part("the HTTP client", "org\\.apache\\.(hc|camel\\.(component\\.http|http))");
        part("making and reading a look", "com\\.fasterxml|dev\\.klingroutes\\.provider");
        part("logging", "org\\.(apache\\.logging|slf4j)");
        part(
                "expressions and bean calls",
                "org\\.apache\\.camel\\.(language|component\\.bean|support\\.builder|impl\\.converter"
                        + "|support\\.(Object|Language|Expression)|converter)");
        part("the rest of Camel", "org\\.apache\\.camel");
        part("the rest of ours", "dev\\.klingroutes");
    }

    private static final Pattern JDK = Pattern.compile("(java|javax|jdk|sun|com\\.sun)\\..*");

    /** Native calls that work; the others wait. */
    private static final Pattern WORKS =
            Pattern.compile("org\\.sqlite\\..*|.*\\.(write0|writev0|send0)");

    private static final int SHOWN = 12;
    private static final double LEAST_SHARE = 0.005;

    private final Map<String, Integer> parts = new HashMap<>();
    private final Map<String, Integer> methods = new HashMap<>();
    private final Map<String, Integer> natives = new HashMap<>();
    private int samples;

    private static void part(String name, String classes) {
        PARTS.put(name, Pattern.compile("(" + classes + ").*"));
    }

    static Profile of(Path recording) throws IOException {
        Profile profile = new Profile();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getStackTrace() == null) {
                    continue;
                }
                List<RecordedFrame> frames = event.getStackTrace().getFrames();
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample" -> profile.add(frames);
                    case "jdk.NativeMethodSample" -> profile.addNative(name(frames.get(0)));
                    default -> {}
                }
            }
        }
        return profile;
    }

    private void add(List<RecordedFrame> frames) {
        samples++;
        String at =
                frames.stream()
                        .map(Profile::name)
                        .filter(name -> !JDK.matcher(name).matches())
                        .findFirst()
                        .orElse("only the JDK");
        String part =
                PARTS.entrySet().stream()
                        .filter(any -> any.getValue().matcher(at).matches())
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse("other");
        parts.merge(part, 1, Integer::sum);
        methods.merge(at, 1, Integer::sum);
    }

    private void addNative(String method) {
        if (WORKS.matcher(method).matches()) {
            natives.merge(method, 1, Integer::sum);
        }
    }

    private static String name(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        return method.getType().getName() + "." + method.getName();
    }

    /** Tables: the parts, the methods with the largest shares, and native calls that worked. */
    String told(String title) {
        return "## %s%n%n%,d samples of Java code.%n%n".formatted(title, samples)
                + table("part", parts)
                + table("method, with what it has the JDK do", methods)
                + "Native calls, by their own samples, which are fewer than they should be:\n\n"
                + table("native method", natives);
    }

    private static String table(String of, Map<String, Integer> counts) {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        StringBuilder text = new StringBuilder("| share | " + of + " |\n|---:|---|\n");
        counts.entrySet().stream()
                .filter(any -> any.getValue() >= all * LEAST_SHARE)
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(SHOWN)
                .forEach(
                        any ->
                                text.append(
                                        "| %.0f %% (%d) | `%s` |%n"
                                                .formatted(
                                                        100.0 * any.getValue() / all,
                                                        any.getValue(),
                                                        any.getKey())));
        return text.append('\n').toString();
    }
}
