package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TaskStateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACCEPTED   | SUBMITTING UNCERTAIN FAILED CANCELLED",
                "SUBMITTING | SUBMITTED SUCCEEDED FAILED ACCEPTED UNCERTAIN CANCELLED",
                "UNCERTAIN  | SUBMITTED SUCCEEDED FAILED SUBMITTING ACCEPTED CANCELLED",
                "SUBMITTED  | SUCCEEDED FAILED OVERDUE CANCELLED",
                "OVERDUE    | SUBMITTED SUCCEEDED FAILED CANCELLED",
                "SUCCEEDED  | DELIVERED FAILED CANCELLED",
                "DELIVERED  | ''",
                "FAILED     | ACCEPTED SUBMITTED UNCERTAIN CANCELLED",
                "CANCELLED  | ACCEPTED SUBMITTED UNCERTAIN"
            })
    void the_arrows_are_those_of_the_design(TaskState from, String all) {
        EnumSet<TaskState> wanted = EnumSet.noneOf(TaskState.class);
        Arrays.stream(all.split(" "))
                .filter(name -> !name.isEmpty())
                .forEach(name -> wanted.add(TaskState.valueOf(name)));

        assertThat(from.next()).isEqualTo(wanted);
    }

    @ParameterizedTest
    @EnumSource(TaskState.class)
    void any_other_arrow_throws(TaskState from) {
        for (TaskState to : TaskState.values()) {
            if (from.next().contains(to)) {
                assertThat(from.to(to)).isEqualTo(to);
            } else {
                assertThatThrownBy(() -> from.to(to))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("a task cannot go from " + from + " to " + to);
            }
        }
    }

    @Test
    void nobody_can_add_an_arrow() {
        TaskState.DELIVERED.next().add(TaskState.ACCEPTED);

        assertThat(TaskState.DELIVERED.next()).isEmpty();
    }

    @Test
    void what_was_paid_is_never_sent_again() {
        assertThat(TaskState.SUBMITTED.next())
                .doesNotContain(TaskState.ACCEPTED, TaskState.SUBMITTING);
        assertThat(TaskState.OVERDUE.next())
                .doesNotContain(TaskState.ACCEPTED, TaskState.SUBMITTING);
        assertThat(TaskState.SUCCEEDED.next())
                .doesNotContain(TaskState.ACCEPTED, TaskState.SUBMITTING);
    }
}
