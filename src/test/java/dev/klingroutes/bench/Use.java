package dev.klingroutes.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process uses, as Linux and, if it is a JVM, its own tools tell it. */
record Use(long pid) {
    private static final double TICKS_A_SECOND = 100;
    private static final Pattern HEAP = Pattern.compile("total \\d+K, used (\\d+)K");

    /** Of the machine, by all processes: also what another guest of its host took. */
    static double machineSeconds() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        // user, nice, system, then past idle and iowait: irq, softirq, steal
        return Stream.of(1, 2, 3, 6, 7, 8).mapToLong(at -> Long.parseLong(ticks[at])).sum()
                / TICKS_A_SECOND;
    }

    /** CPU of it and of those that it started and that have ended. */
    double cpuSeconds() throws IOException {
        List<String> stat = stat(pid);
        return Stream.of(11, 12, 13, 14).mapToLong(at -> Long.parseLong(stat.get(at))).sum()
                / TICKS_A_SECOND;
    }

    /** The same with those that it started and that live. */
    double familyCpuSeconds() throws IOException {
        double seconds = cpuSeconds();
        for (ProcessHandle child : family()) {
            try {
                seconds += new Use(child.pid()).cpuSeconds();
            } catch (IOException ended) {
                // it counts as ended from now on
            }
        }
        return seconds;
    }

    double residentMegabytes() throws IOException {
        return kilobytes(Path.of("/proc/" + pid + "/status"), "VmRSS") / 1024;
    }

    /** Of it and of those that it started; memory that they share counts once. */
    double familyResidentMegabytes() throws IOException {
        double sum = kilobytes(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss");
        for (ProcessHandle child : family()) {
            try {
                sum += kilobytes(Path.of("/proc/" + child.pid() + "/smaps_rollup"), "Pss");
            } catch (IOException ended) {
                // it holds nothing any more
            }
        }
        return sum / 1024;
    }

    int threads() throws IOException {
        return Integer.parseInt(stat(pid).get(17));
    }

    double heapMegabytesAfterFullCollection() throws IOException {
        jcmd("GC.run");
        String info = jcmd("GC.heap_info");
        Matcher part = HEAP.matcher(info);
        long kilobytes = 0;
        boolean found = false;
        while (part.find()) {
            kilobytes += Long.parseLong(part.group(1));
            found = true;
        }
        if (!found) {
            throw new IOException("no heap is told: " + info);
        }
        return kilobytes / 1024.0;
    }

    String jcmd(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(String.valueOf(pid));
        command.addAll(List.of(words));
        Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes());
    }

    private List<ProcessHandle> family() {
        return ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).toList();
    }

    /** The fields behind the name, which may hold anything: the state is the first. */
    private static List<String> stat(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return List.of(line.substring(line.lastIndexOf(')') + 2).strip().split(" "));
    }

    private static double kilobytes(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name + ":")) {
                return Double.parseDouble(line.replaceAll("\\D+", ""));
            }
        }
        throw new IOException(file + " does not tell " + name);
    }
}
