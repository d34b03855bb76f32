package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
    private static final String MIXED =
            """
            prompt,mode,duration,sound,model_name
            a,std,5,off,kling-v3
            b,pro,10,on,kling-v3
            c,4k,15,,kling-v3
            """;

    @TempDir Path inbox;
    private DropFolder drop;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
    }

    private Planner planner(String... settings) {
        Map<String, String> given = new HashMap<>();
        given.put("kling.inbox.dir", inbox.toString());
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        Settings all = Settings.of(given);
        Models models = new Models(all);
        return new Planner(new PromptReader(models, all), models, all);
    }

    @Test
    void a_plan_says_what_is_sent_and_what_it_costs() throws Exception {
        Plan plan = planner().plan(drop.file("s.csv", MIXED), List.of());

        assertThat(plan.prompts())
                .extracting(Plan.Planned::name)
                .containsExactly("s-001", "s-002", "s-003");
        assertThat(plan.prompts())
                .extracting(prompt -> prompt.estimate().orElseThrow())
                .containsExactly(Dollars.of("0.42"), Dollars.of("1.68"), Dollars.of("6.30"));
        assertThat(plan.prompts())
                .allMatch(prompt -> prompt.price().startsWith("Kling list, 2026"));
        assertThat(plan.prompts().get(2).request())
                .containsEntry("mode", "4k")
                .containsEntry("sound", "off");
        assertThat(plan.total()).contains(Dollars.of("8.40"));
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void what_is_dearer_than_a_task_may_be_is_refused_and_not_in_the_sum() throws Exception {
        Plan plan =
                planner("kling.budget.per-task", "2").plan(drop.file("s.csv", MIXED), List.of());

        assertThat(plan.prompts())
                .extracting(Plan.Planned::refusal)
                .containsExactly(null, null, "it would cost $6.30; the budget is $2.00 a task");
        assertThat(plan.bought()).hasSize(2);
        assertThat(plan.total()).contains(Dollars.of("2.10"));
    }

    @Test
    void a_sum_over_the_budgets_is_noted() throws Exception {
        Path outer = drop.file("_defaults.yaml", "budget-per-day: 7");
        Path inner = drop.file("ads/_defaults.yaml", "budget-per-day: 100");

        Plan plan =
                planner("kling.budget.per-day", "8", "kling.budget.per-month", "9")
                        .plan(drop.file("ads/s.csv", MIXED), List.of(outer, inner));

        assertThat(plan.bought()).hasSize(3);
        assertThat(plan.notes())
                .containsExactly(
                        "together they would cost $8.40; the budget is $8.00 a day, so some of"
                                + " them would wait for the next",
                        "together they would cost $8.40; the budget is $7.00 a day in the inbox,"
                                + " so some of them would wait for the next");
    }

    @Test
    void an_unknown_price_is_unknown_and_with_a_budget_refused() throws Exception {
        Path file = drop.file("s.json", "{\"prompt\":\"a\",\"model_name\":\"kling-v9\"}");

        Plan free = planner("kling.prompt.unknown-models", "pass").plan(file, List.of());
        assertThat(free.prompts().get(0).estimate()).isEmpty();
        assertThat(free.prompts().get(0).price()).isEqualTo("unknown");
        assertThat(free.prompts().get(0).refusal()).isNull();
        assertThat(free.total()).isEmpty();

        Plan capped =
                planner("kling.prompt.unknown-models", "pass", "kling.budget.per-day", "10")
                        .plan(file, List.of());
        assertThat(capped.prompts().get(0).refusal()).startsWith("its price is not on the list");
        assertThat(capped.bought()).isEmpty();
    }

    @Test
    void what_is_wrong_is_refused_as_at_intake() throws Exception {
        Path file = drop.file("s.json", "{\"promt\":\"a\"}");

        assertThatThrownBy(() -> planner().plan(file, List.of()))
                .isInstanceOf(PromptRefused.class)
                .hasMessageContaining("did you mean `prompt`?");
    }
}
