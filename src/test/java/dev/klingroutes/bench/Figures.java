package dev.klingroutes.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The figures of a bench over its runs: a Markdown table in {@code target/bench/<item>.md}, and
 * every single value in {@code target/bench/<item>.csv}. Both are written after every run, so that
 * a bench that is broken off leaves what it measured.
 */
final class Figures {
    /** {@code -Dbench.runs=5}. */
    static final int RUNS = Integer.getInteger("bench.runs", 5);

    private static final Path FOLDER = Path.of("target", "bench");

    private final Path table;
    private final Path values;
    private final String title;
    private final String earlier;
    private final String commit = Machine.commit();
    private final LocalDateTime began = LocalDateTime.now().truncatedTo(ChronoUnit.MINUTES);
    private final Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();
    private final Set<String> subjects = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final StringBuilder run = new StringBuilder();
    private int runs;

    /**
     * @param item the name of the files; what they hold from earlier stays
     * @param title what was measured
     */
    Figures(String item, String title) throws IOException {
        Files.createDirectories(FOLDER);
        table = FOLDER.resolve(item + ".md");
        values = FOLDER.resolve(item + ".csv");
        this.title = title;
        earlier = Files.exists(table) ? Files.readString(table) + "\n" : "";
        if (!Files.exists(values)) {
            Files.writeString(values, "began,commit,title,run,figure,subject,value\n");
        }
    }

    /** One value of this run. */
    void add(String figure, String subject, double value) {
        subjects.add(subject);
        figures.computeIfAbsent(figure, any -> new LinkedHashMap<>())
                .computeIfAbsent(subject, any -> new ArrayList<>())
                .add(value);
        run.append(
                String.format(
                        Locale.ROOT,
                        "%s,%s,\"%s\",%d,\"%s\",\"%s\",%s%n",
                        began,
                        commit,
                        title,
                        runs + 1,
                        figure,
                        subject,
                        value));
    }

    /** What a reader of the table must know. */
    void note(String note) {
        notes.add(note);
    }

    /** A run is over. */
    void write() throws IOException {
        runs++;
        Files.writeString(values, run, StandardOpenOption.APPEND);
        run.setLength(0);
        String section = section();
        Files.writeString(table, earlier + section);
        System.out.println(section);
    }

    private String section() throws IOException {
        StringBuilder text = new StringBuilder("## " + title + "\n\n");
        text.append(
                "%s, commit %s, %s. %d of %d runs; median (lowest–highest).%n%n"
                        .formatted(began, commit, Machine.told(), runs, RUNS));
        notes.forEach(note -> text.append(note).append("\n\n"));
        text.append("| |");
        subjects.forEach(subject -> text.append(' ').append(subject).append(" |"));
        text.append("\n|---|").append("---:|".repeat(subjects.size())).append('\n');
        figures.forEach(
                (figure, bySubject) -> {
                    text.append("| ").append(figure).append(" |");
                    subjects.forEach(
                            subject ->
                                    text.append(' ')
                                            .append(
                                                    bySubject.containsKey(subject)
                                                            ? Spread.of(bySubject.get(subject))
                                                            : "")
                                            .append(" |"));
                    text.append('\n');
                });
        return text.toString();
    }
}
