package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static dev.klingroutes.task.TaskState.FAILED;
import static dev.klingroutes.task.TaskState.SUBMITTED;
import static dev.klingroutes.task.TaskState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.prompt.FolderBudgets;
import dev.klingroutes.prompt.Models;
import dev.klingroutes.provider.Call;
import dev.klingroutes.provider.CallbackArrivals;
import dev.klingroutes.provider.Submit;
import dev.klingroutes.provider.Watch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BudgetTest {
    /** $0.42 by the price list. */
    private static final String REQUEST =
            """
            {"prompt":"a cat","model_name":"kling-v3","mode":"std","duration":"5","sound":"off"}""";

    private static final Dollars PRICE = Dollars.of("0.42");

    @TempDir Path inbox;
    private TestLedger test;
    private Submit submit;

    @AfterEach
    void close() {
        test.close();
    }

    private void open(TestLedger.On on, String... settings) {
        Map<String, String> given = new HashMap<>();
        given.put("kling.submit.in-flight", "1000");
        given.put("kling.inbox.dir", inbox.toString());
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        test = TestLedger.on(on, given);
        Settings all = test.settings();
        submit =
                new Submit(
                        test.ledger(),
                        test.gate(),
                        new LedgerSpace(new LedgerSource(all), all, new News()),
                        new Models(all),
                        new FolderBudgets(all),
                        all,
                        new News());
    }

    private void accept(String folder, String request, int count) {
        test.acceptance()
                .accept(
                        UUID.randomUUID().toString(),
                        "drop.csv",
                        folder,
                        Collections.nCopies(
                                count, new Acceptance.Wanted("p", "text2video", request)),
                        stem -> false);
    }

    private void accept(int count) {
        accept("", REQUEST, count);
    }

    /** Lets every due task try, as the clock would; those that pass stay in SUBMITTING. */
    private List<Task> buy() {
        List<Task> bought = new ArrayList<>();
        for (Task task : test.ledger().claim(EnumSet.of(ACCEPTED), 1000)) {
            if (submit.begin(task) != null) {
                bought.add(test.find(task));
            }
        }
        return bought;
    }

    private Task buyOne() {
        accept(1);
        return buy().get(0);
    }

    private void answered(Task task, int status, String body) {
        submit.answered(
                new Call(task, "", "{}", null), status, body.getBytes(StandardCharsets.UTF_8));
    }

    private Dollars spent() {
        return test.ledger().read(handle -> Spending.since(handle, 0, ""));
    }

    private void waitUntil(String moment) {
        test.later(Duration.between(test.clock().instant(), java.time.Instant.parse(moment)));
    }

    @Test
    void ten_dollars_a_day_buy_23_of_100_prompts_and_the_rest_go_on_the_next_days() {
        open(TestLedger.On.SQLITE, "kling.budget.per-day", "10");
        accept(100);

        assertThat(buy()).hasSize(23);
        assertThat(spent()).isEqualTo(Dollars.of("9.66"));
        List<Task> waiting = test.ledger().claim(EnumSet.of(ACCEPTED), 1000);
        assertThat(waiting).isEmpty();
        assertThat(test.value(Long.class, "select count(*) from kling_task where code = 'budget'"))
                .isEqualTo(77);
        assertThat(
                        test.value(
                                String.class,
                                "select distinct message from kling_task where code = 'budget'"))
                .isEqualTo("the budget of $10.00 a day has $9.66 spent or reserved");
        for (int hour = 11; hour < 24; hour++) {
            test.later(Duration.ofHours(1));
            assertThat(buy()).as(hour + ":00 of the same day").isEmpty();
        }
        test.later(Duration.ofHours(1));
        assertThat(buy()).as("midnight").hasSize(23);
        test.later(Duration.ofDays(1));
        assertThat(buy()).hasSize(23);
        test.later(Duration.ofDays(1));
        assertThat(buy()).hasSize(23);
        test.later(Duration.ofDays(1));
        assertThat(buy()).hasSize(8);
        assertThat(spent()).isEqualTo(Dollars.of("42"));
    }

    @Test
    void what_waits_for_the_next_day_is_due_at_midnight() {
        open(TestLedger.On.SQLITE, "kling.budget.per-day", "0.50");
        waitUntil("2026-11-22T23:55:00Z");
        accept(2);

        assertThat(buy()).hasSize(1);

        Task waits = test.ledger().read(handle -> first(handle, "code = 'budget'"));
        assertThat(test.untilDue(waits)).isEqualTo(Duration.ofMinutes(5));
    }

    private static Task first(org.jdbi.v3.core.Handle handle, String which) {
        return handle.createQuery("select * from kling_task where " + which)
                .map(TaskRow::read)
                .first();
    }

    @Test
    void ten_dollars_a_month_last_until_the_next_month() {
        open(TestLedger.On.SQLITE, "kling.budget.per-month", "10");
        accept(60);

        assertThat(buy()).hasSize(23);
        waitUntil("2026-11-30T23:59:59Z");
        assertThat(buy()).isEmpty();
        waitUntil("2026-12-01T00:59:59Z");
        assertThat(buy()).hasSize(23);
        waitUntil("2027-01-01T00:00:00Z");
        assertThat(buy()).hasSize(14);
    }

    @Test
    void a_folders_budget_holds_in_and_below_it_and_nowhere_else() throws IOException {
        open(TestLedger.On.SQLITE, "kling.budget.per-day", "10");
        Files.createDirectories(inbox.resolve("a/b"));
        Files.createDirectories(inbox.resolve("ab"));
        Files.writeString(inbox.resolve("a/_defaults.yaml"), "budget-per-day: 1.00\n");
        Files.writeString(inbox.resolve("a/b/_defaults.yaml"), "budget-per-day: 0.50\n");

        accept("a/b", REQUEST, 2);
        assertThat(buy()).as("in a/b, of its own 0.50").hasSize(1);
        accept("a", REQUEST, 2);
        assertThat(buy()).as("in a, of what a/b has left of 1.00").hasSize(1);
        accept("ab", REQUEST, 3);
        accept("", REQUEST, 3);
        assertThat(buy()).as("elsewhere").hasSize(6);
        assertThat(
                        test.value(
                                Long.class,
                                "select count(*) from kling_task where message like '%0.50 a day in a/b/%'"))
                .isEqualTo(1);
        assertThat(
                        test.value(
                                Long.class,
                                "select count(*) from kling_task where message like '%1.00 a day in a/%'"))
                .isEqualTo(1);

        Files.writeString(inbox.resolve("a/_defaults.yaml"), "budget-per-day: 2\n");
        test.later(Duration.ofHours(1));
        assertThat(buy()).as("a raised budget holds for those that wait").hasSize(1);
        Files.writeString(inbox.resolve("a/_defaults.yaml"), "budget-per-day: much\n");
        accept("a", REQUEST, 1);
        assertThat(buy()).as("a budget that cannot be read").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kling.budget.per-task  | 0.41 | std | it would cost $0.42; the budget is $0.41 a task",
                "kling.budget.per-day   | 0.41 | std | it would cost $0.42; the budget is $0.41 a day",
                "kling.budget.per-month | 0.41 | std | it would cost $0.42; the budget is $0.41 a month",
                "kling.budget.per-task  | 9    | odd | its price is not on the list",
                "kling.budget.per-day   | 9    | odd | its price is not on the list",
                "kling.budget.per-month | 9    | odd | its price is not on the list"
            })
    void what_no_budget_will_ever_allow_is_refused(
            String key, String dollars, String mode, String why) {
        open(TestLedger.On.SQLITE, key, dollars);
        accept("", REQUEST.replace("std", mode), 1);

        assertThat(buy()).isEmpty();

        Task refused = test.ledger().read(handle -> first(handle, "1 = 1"));
        assertThat(refused.state()).isEqualTo(FAILED);
        assertThat(refused.message()).startsWith(why);
        assertThat(refused.report()).isEqualTo("write");
        assertThat(refused.mayHaveBeenBought()).isFalse();
    }

    @Test
    void without_a_budget_an_unknown_price_is_no_reason_to_refuse() {
        open(TestLedger.On.SQLITE);
        accept("", REQUEST.replace("std", "odd"), 1);

        assertThat(buy()).hasSize(1);
        assertThat(spent()).isEqualTo(Dollars.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | {\"code\":1201,\"message\":\"bad field\"}     | FAILED    | 0",
                "429 | {\"code\":1303,\"message\":\"too many\"}      | ACCEPTED  | 0",
                "429 | {\"code\":1101,\"message\":\"arrears\"}       | ACCEPTED  | 0",
                "500 | {\"code\":5000,\"message\":\"internal\"}      | UNCERTAIN | 0.42",
                "200 | {\"code\":0,\"data\":{}}                      | UNCERTAIN | 0.42",
                "200 | {\"code\":0,\"data\":{\"task_id\":\"t\"}}     | SUBMITTED | 0.42"
            })
    void what_is_reserved_is_free_again_only_if_it_was_not_created(
            int status, String body, TaskState state, String counted) {
        open(TestLedger.On.SQLITE, "kling.budget.per-day", "10");
        Task task = buyOne();
        assertThat(spent()).isEqualTo(PRICE);

        answered(task, status, body);

        assertThat(test.find(task).state()).isEqualTo(state);
        assertThat(spent()).isEqualTo(Dollars.of(counted));
        assertThat(test.find(task).money().estimate()).isEqualTo(PRICE);
    }

    @Test
    void what_stays_unclear_keeps_its_day_on_the_books() throws NotPossible {
        open(TestLedger.On.SQLITE, "kling.budget.per-day", "0.50");
        Task task = buyOne();
        answered(task, 500, "{}");
        assertThat(test.find(task).state()).isEqualTo(UNCERTAIN);
        new ByHand(test.ledger()).cancel(test.find(task));

        accept(1);
        assertThat(buy()).isEmpty();
        test.later(Duration.ofDays(1));
        assertThat(buy()).hasSize(1);
        assertThat(spent()).isEqualTo(Dollars.of("0.84"));
    }

    @ParameterizedTest
    @CsvSource({"'', 0.42", "0.14, 0.84", "0.01, 0.06"})
    void what_the_provider_deducted_counts_only_with_a_price_for_its_unit(
            String unitPrice, String counted) {
        open(
                TestLedger.On.SQLITE,
                "kling.budget.per-day",
                "10",
                "kling.budget.unit-price",
                unitPrice);
        Task task = buyOne();
        answered(task, 200, "{\"code\":0,\"data\":{\"task_id\":\"t\"}}");
        test.later(Duration.ofSeconds(20));
        Task watched = test.claim(SUBMITTED);
        Watch watch =
                new Watch(
                        test.ledger(),
                        test.settings(),
                        new News(),
                        test.clock(),
                        new CallbackArrivals(new Callbacks(test.ledger()), test.settings()));
        byte[] reply =
                """
                {"code":0,"data":{"task_id":"t","task_status":"succeed","final_unit_deduction":"6",
                 "task_result":{"videos":[{"id":"v","url":"https://x.test/v.mp4","duration":"5"}]}}}"""
                        .getBytes(StandardCharsets.UTF_8);

        watch.succeeded(watched, watch.look(watched, 200, reply));

        assertThat(spent()).isEqualTo(Dollars.of(counted));
        assertThat(test.find(task).deduction()).isEqualTo("6");
        assertThat(test.find(task).money().estimate()).isEqualTo(PRICE);
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void two_processes_together_keep_the_budget(TestLedger.On on) {
        open(on, "kling.budget.per-day", "10");
        accept(96);
        List<Task> tasks = test.ledger().claim(EnumSet.of(ACCEPTED), 96);
        List<Gate> gates = List.of(test.gate(), new Gate(test.another(), test.settings()));

        List<List<Gate.Kind>> answers =
                Race.of(
                        8,
                        worker ->
                                tasks.subList(worker * 12, worker * 12 + 12).stream()
                                        .map(
                                                task ->
                                                        gates.get(worker % 2)
                                                                .pass(
                                                                        task, "{}", PRICE, Map.of(),
                                                                        null)
                                                                .kind())
                                        .toList());

        assertThat(answers.stream().flatMap(List::stream).filter(Gate.Kind.GO::equals)).hasSize(23);
        assertThat(spent()).isEqualTo(Dollars.of("9.66"));
    }
}
