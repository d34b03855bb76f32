package dev.klingroutes.bench;

import dev.klingroutes.Settings;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.prompt.Prompt;
import dev.klingroutes.prompt.PromptReader;
import dev.klingroutes.prompt.PromptRefused;
import dev.klingroutes.provider.Reply;
import dev.klingroutes.task.Ledger;
import dev.klingroutes.task.LedgerSource;
import dev.klingroutes.task.Move;
import dev.klingroutes.task.Task;
import dev.klingroutes.task.TaskState;
import dev.klingroutes.task.TestLedger.On;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.FileUtil;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What one look and one prompt cost inside the process, without Camel and without a call: by JMH,
 * each run a JVM of its own. {@code -Dbench.seconds} is for trying.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InProcessBench {
    private static final int SECONDS = Integer.getInteger("bench.seconds", 2);
    private static final int ITERATIONS = 5;
    private static final int WAITING = 100_000;
    private static final int CLAIMED = 100;
    private static final int ROWS = 10_000;

    /** 100,000 tasks, every one of them due. */
    @State(Scope.Benchmark)
    public static class Due {
        @Param({"SQLITE", "POSTGRESQL"})
        public On on;

        private Path folder;
        private Books books;
        private Ledger ledger;

        @Setup
        public void fill() throws Exception {
            folder = Files.createTempDirectory("kling-bench");
            books = new Books(on, folder);
            long now = System.currentTimeMillis();
            books.fill(Waiting.evenly(WAITING, Duration.ofSeconds(100), now - 200_000), "http://a");
            Settings settings =
                    Settings.of(
                            Map.of(
                                    "kling.ledger.url",
                                    books.environment().get("KLING_LEDGER_URL")));
            ledger = new Ledger(new LedgerSource(settings), settings, Clock.systemUTC());
            ledger.open();
        }

        @TearDown
        public void empty() throws Exception {
            ledger.close();
            books.close();
            FileUtil.removeDir(folder.toFile());
        }
    }

    /** One CSV of 10,000 rows. */
    @State(Scope.Benchmark)
    public static class Csv {
        private Path file;
        private PromptReader reader;

        @Setup
        public void write() throws IOException {
            file = Files.createTempFile("cups", ".csv");
            StringBuilder rows = new StringBuilder("prompt,duration\n");
            for (int row = 1; row <= ROWS; row++) {
                rows.append("a small ceramic cup number ").append(row).append(",5\n");
            }
            Files.writeString(file, rows);
            Settings settings = Settings.of(Map.of());
            reader = new PromptReader(new Models(settings), settings);
        }

        @TearDown
        public void delete() throws IOException {
            Files.delete(file);
        }
    }

    private static final byte[] GOING =
            """
            {"code":0,"message":"SUCCEED","request_id":"r-1","data":{"task_id":"100000000000000001",\
            "task_status":"processing","task_status_msg":"","task_info":{"external_task_id":\
            "0b0f4f0e-6d0c-4a6e-9f0a-3d0c8f0c2b11"},"created_at":1764000000000,"updated_at":1764000005000}}
            """
                    .getBytes(StandardCharsets.UTF_8);

    /** What the ledger does for one look: it is claimed among a hundred, and is due again. */
    @Benchmark
    @OperationsPerInvocation(CLAIMED)
    public int ledgerOfOneLook(Due due) {
        List<Task> claimed = due.ledger.claim(Set.of(TaskState.SUBMITTED), CLAIMED);
        if (claimed.size() != CLAIMED) {
            throw new IllegalStateException("only " + claimed.size() + " were due");
        }
        for (Task task : claimed) {
            due.ledger.write(task, Move.again(Duration.ZERO));
        }
        return claimed.size();
    }

    @Benchmark
    public Reply replyOfOneLook() {
        return Reply.read(200, GOING);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public List<Prompt> oneRowOfACsv(Csv csv) throws PromptRefused, IOException {
        return csv.reader.read(csv.file, List.of());
    }

    @Test
    void inProcess() throws Exception {
        Figures figures =
                new Figures(
                        "in-process",
                        "In the process: microseconds, the mean of %d times %d s in each run"
                                .formatted(ITERATIONS, SECONDS));
        for (int run = 1; run <= Figures.RUNS; run++) {
            Collection<RunResult> results =
                    new Runner(
                                    new OptionsBuilder()
                                            .include(InProcessBench.class.getName())
                                            .forks(1)
                                            .warmupIterations(3)
                                            .warmupTime(TimeValue.seconds(SECONDS))
                                            .measurementIterations(ITERATIONS)
                                            .measurementTime(TimeValue.seconds(SECONDS))
                                            .jvmArgs("-Xmx256m")
                                            .shouldFailOnError(true)
                                            .build())
                            .run();
            for (RunResult result : results) {
                String on = result.getParams().getParam("on");
                figures.add(
                        result.getPrimaryResult().getLabel() + (on == null ? "" : ", " + on),
                        "µs",
                        result.getPrimaryResult().getScore());
            }
            figures.write();
        }
    }
}
