package dev.klingroutes.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A stretch of time, and the CPU that these processes and all others used in it. */
final class Stretch {
    private final long began = System.nanoTime();
    private final Map<String, Long> pids;
    private final Map<String, Double> before;
    private final double machineBefore = Use.machineSeconds();
    private final Map<String, Double> used = new LinkedHashMap<>();
    private double seconds;
    private double machine;

    /**
     * @param pids the processes by what they are called; the bench itself is known
     */
    Stretch(Map<String, Long> pids) throws IOException {
        this.pids = pids;
        before = now();
    }

    private Map<String, Double> now() throws IOException {
        Map<String, Double> now = new LinkedHashMap<>();
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            now.put(process.getKey(), new Use(process.getValue()).familyCpuSeconds());
        }
        // what it started and still lives is measured, not the bench
        now.put("bench", new Use(ProcessHandle.current().pid()).cpuSeconds());
        return now;
    }

    Stretch end() throws IOException {
        seconds = (System.nanoTime() - began) / 1e9;
        machine = Use.machineSeconds() - machineBefore;
        now().forEach((name, cpu) -> used.put(name, cpu - before.get(name)));
        return this;
    }

    double seconds() {
        return seconds;
    }

    double cpuSeconds(String process) {
        return used.get(process);
    }

    /** Adds, as cores, what each used, and what the rest of the machine did. */
    void tell(Figures figures, String subject) {
        used.forEach((name, cpu) -> figures.add("cores used: " + name, subject, cpu / seconds));
        double ours = used.values().stream().mapToDouble(cpu -> cpu).sum();
        figures.add(
                "cores used: all else on the machine",
                subject,
                Math.max(0, machine - ours) / seconds);
    }
}
