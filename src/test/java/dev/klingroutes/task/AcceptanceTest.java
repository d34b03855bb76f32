package dev.klingroutes.task;

import static dev.klingroutes.task.TaskState.ACCEPTED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.task.Acceptance.Accepted;
import dev.klingroutes.task.Acceptance.Wanted;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestLedger.On.class)
class AcceptanceTest {
    private static final Predicate<String> NOTHING_TAKEN = stem -> false;

    private final TestLedger test;
    private final Acceptance acceptance;

    AcceptanceTest(TestLedger.On on) {
        test = TestLedger.on(on);
        acceptance = test.acceptance();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void a_prompt_is_written_with_all_it_came_with() {
        acceptance.accept(
                "drop-1",
                "ads/cat.txt",
                "ads",
                List.of(new Wanted("cat", "text2video", "{\"prompt\":\"a cat\"}")),
                NOTHING_TAKEN);

        Task task = test.claim(ACCEPTED);
        assertThat(task.name()).isEqualTo("ads/cat");
        assertThat(task.source()).isEqualTo("ads/cat.txt");
        assertThat(task.kind()).isEqualTo("text2video");
        assertThat(task.request()).isEqualTo("{\"prompt\":\"a cat\"}");
        assertThat(task.address()).isEqualTo(TestLedger.ADDRESS);
        assertThat(task.externalId()).hasSize(36);
        assertThat(task.taskId()).isNull();
        assertThat(task.times().submitting()).isNull();
        assertThat(task.videos()).isEmpty();
    }

    @Test
    void a_drop_that_is_accepted_twice_is_written_once() {
        assertThat(accept("drop-1", "", "cat", "dog")).hasSize(2);

        assertThat(accept("drop-1", "", "cat", "dog")).isEmpty();

        assertThat(test.ledger().count()).containsEntry(ACCEPTED, 2);
    }

    @Test
    void a_drop_that_two_accept_at_once_is_written_once() {
        Acceptance other = new Acceptance(test.another(), test.settings());

        List<Integer> accepted =
                Race.of(
                        4,
                        worker ->
                                (worker % 2 == 0 ? acceptance : other)
                                        .accept(
                                                "drop-1",
                                                "drop.csv",
                                                "",
                                                wanted("cat", "dog"),
                                                NOTHING_TAKEN)
                                        .size());

        assertThat(accepted).containsOnlyOnce(2).containsOnly(0, 2);
        assertThat(names()).containsExactlyInAnyOrder("cat", "dog");
        assertThat(reserved()).isEqualTo(2);
    }

    @Test
    void all_prompts_of_a_drop_are_accepted_or_none() {
        List<Wanted> broken =
                Stream.concat(wanted("cat", "dog").stream(), Stream.of(new Wanted("x", null, "{}")))
                        .toList();

        assertThatThrownBy(() -> acceptance.accept("drop-1", "d.csv", "", broken, NOTHING_TAKEN))
                .isInstanceOf(JdbiException.class);

        assertThat(test.ledger().count()).isEmpty();
        assertThat(accept("drop-2", "", "cat")).extracting(Accepted::name).containsExactly("cat");
    }

    @Test
    void a_stem_is_given_once_in_a_folder() {
        accept("drop-1", "", "cat");

        Accepted second = accept("drop-2", "", "cat").get(0);

        assertThat(second.name()).isEqualTo("cat~" + second.id().substring(0, 8));
    }

    @Test
    void the_same_stem_in_two_folders_is_two_names() {
        accept("drop-1", "", "cat");

        assertThat(accept("drop-2", "a", "cat").get(0).name()).isEqualTo("a/cat");
        assertThat(accept("drop-3", "a/b", "cat").get(0).name()).isEqualTo("a/b/cat");
    }

    @Test
    void two_rows_of_one_file_get_two_names() {
        assertThat(accept("drop-1", "", "cat", "cat"))
                .extracting(Accepted::name)
                .first()
                .isEqualTo("cat");
        assertThat(names()).doesNotHaveDuplicates();
    }

    @Test
    void names_that_some_file_systems_mix_up_are_told_apart() {
        accept("drop-1", "", "cat", "caf\u00e9", "stra\u00dfe", "\u03bf\u03b4\u03cc\u03c2");

        assertThat(
                        accept(
                                "drop-2",
                                "",
                                "CAT",
                                "cafe\u0301",
                                "CAFE\u0301",
                                "STRASSE",
                                "\u039f\u0394\u038c\u03a3"))
                .allSatisfy(accepted -> assertThat(accepted.name()).contains("~"));
    }

    @Test
    void a_stem_that_is_taken_in_the_folder_gets_one_of_its_own() {
        Accepted accepted =
                acceptance.accept("drop-1", "cat.txt", "", wanted("cat"), "cat"::equals).get(0);

        assertThat(accepted.name()).isEqualTo("cat~" + accepted.id().substring(0, 8));
    }

    @Test
    void a_task_gets_a_name_even_if_its_own_is_taken() {
        Accepted accepted =
                acceptance.accept("drop-1", "cat.txt", "", wanted("cat"), stem -> true).get(0);

        assertThat(accepted.name()).isEqualTo(accepted.id());
    }

    @Test
    void a_long_name_is_cut_between_characters_so_that_every_suffix_fits() {
        String emoji = "\ud83d\ude00".repeat(64);
        assertThat(emoji.getBytes(UTF_8)).hasSizeGreaterThan(255);

        String name = accept("drop-1", "", emoji).get(0).name();
        String second = accept("drop-2", "", emoji).get(0).name();

        assertThat(name).matches("(\ud83d\ude00)+");
        assertThat(second).startsWith(name + "~");
        for (String longest :
                List.of(
                        "." + second + "-12." + "u".repeat(36) + "." + Integer.MAX_VALUE + ".part",
                        second + "~12345678.error.json",
                        "."
                                + second
                                + "~12345678.error.json."
                                + "u".repeat(36)
                                + "."
                                + Integer.MAX_VALUE
                                + ".part")) {
            assertThat(longest.getBytes(UTF_8).length).as(longest).isLessThanOrEqualTo(255);
        }
    }

    @Test
    void two_long_names_that_differ_at_the_end_only_are_told_apart() {
        accept("drop-1", "", "x".repeat(250) + "1", "x".repeat(250) + "2");

        assertThat(names()).doesNotHaveDuplicates();
    }

    @Test
    void ten_thousand_prompts_are_due_in_the_order_of_the_file() {
        List<Wanted> many =
                IntStream.rangeClosed(1, 10_000)
                        .mapToObj(row -> TestLedger.wanted("shots-%05d".formatted(row)))
                        .toList();

        acceptance.accept("drop-1", "shots.csv", "", many, NOTHING_TAKEN);

        assertThat(test.ledger().claim(EnumSet.of(ACCEPTED), 200))
                .extracting(Task::row)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
        assertThat(test.ledger().claim(EnumSet.of(ACCEPTED), 20_000)).hasSize(9_800);
    }

    private List<Accepted> accept(String drop, String folder, String... stems) {
        return acceptance.accept(drop, "drop.csv", folder, wanted(stems), NOTHING_TAKEN);
    }

    private static List<Wanted> wanted(String... stems) {
        return Stream.of(stems).map(TestLedger::wanted).toList();
    }

    private List<String> names() {
        return test.ledger()
                .read(
                        handle ->
                                handle.createQuery("select stem from kling_task")
                                        .mapTo(String.class)
                                        .list());
    }

    private int reserved() {
        return test.value(Integer.class, "select count(*) from kling_name");
    }
}
