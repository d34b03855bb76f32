package dev.klingroutes.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderBudgetsTest {
    @TempDir Path inbox;
    private DropFolder drop;
    private FolderBudgets budgets;

    @BeforeEach
    void open() {
        drop = new DropFolder(inbox);
        budgets = new FolderBudgets(Settings.of(Map.of("kling.inbox.dir", inbox.toString())));
    }

    @Test
    void without_defaults_there_is_none() throws Exception {
        drop.file("b/_defaults.yaml", "budget-per-day: 1");
        drop.file("a/_defaults.yaml", "mode: pro");

        assertThat(budgets.of("")).isEmpty();
        assertThat(budgets.of("a")).isEmpty();
        assertThat(budgets.of("gone/deep")).isEmpty();
    }

    @Test
    void each_folder_above_counts_not_only_the_nearest() throws Exception {
        drop.file("_defaults.yaml", "budget-per-day: 100");
        drop.file("a/_defaults.yaml", "budget-per-day: $7.50");
        drop.file("a/b/c/_defaults.yaml", "budget-per-day: '0.42'");

        assertThat(budgets.of("")).isEqualTo(Map.of("", Dollars.of("100")));
        assertThat(budgets.of("a/b"))
                .isEqualTo(Map.of("", Dollars.of("100"), "a", Dollars.of("7.5")));
        assertThat(budgets.of("a/b/c"))
                .isEqualTo(
                        Map.of(
                                "", Dollars.of("100"),
                                "a", Dollars.of("7.5"),
                                "a/b/c", Dollars.of("0.42")));
    }

    @Test
    void a_changed_budget_holds_at_once() throws Exception {
        drop.file("a/_defaults.yaml", "budget-per-day: 1");
        assertThat(budgets.of("a")).containsEntry("a", Dollars.of("1"));

        drop.file("a/_defaults.yaml", "budget-per-day: 2");
        assertThat(budgets.of("a")).containsEntry("a", Dollars.of("2"));
    }

    @Test
    void a_byte_order_mark_hides_no_budget() throws Exception {
        drop.file("a/_defaults.yaml", "\uFEFFbudget-per-day: 1");

        assertThat(budgets.of("a")).containsEntry("a", Dollars.of("1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "budget-per-day: ten",
                "budget-per-day: -1",
                "budget-per-day: ''",
                "budget-per-day: [1]",
                "budget-per-day: 1\nbudget-per-day: 2",
                "budget-per-day: {",
                "budget_per_day: 1",
                "Budget-per-day: 1",
                "mode: [pro"
            })
    void one_that_cannot_be_understood_lets_nothing_be_sent(String text) throws Exception {
        Path defaults = drop.file("a/_defaults.yaml", text);

        assertThatThrownBy(() -> budgets.of("a/b"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(defaults.toString());
    }
}
