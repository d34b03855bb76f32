package dev.klingroutes.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.klingroutes.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TablesTest {
    private static final String NEWEST = "'" + Tables.newest() + "'";

    @TempDir Path folder;

    @Test
    void every_file_that_makes_tables_is_named() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/kling/ledger"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Tables.FILES);
        }
        assertThat(Tables.FILES.get(Tables.FILES.size() - 1))
                .startsWith("V" + Tables.newest() + "__");
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void only_the_first_start_needs_flyway(TestLedger.On on) throws IOException {
        try (TestLedger test = TestLedger.on(on)) {
            String url = url(test);
            test.ledger().close();

            assertThat(SecondApplication.saysWithoutFlyway(url)).contains("opened {}");
        }
    }

    @Test
    void beside_the_tables_of_others_only_the_first_start_needs_flyway() throws IOException {
        String url = Postgres.freshSchema();
        String schema = url.replaceFirst(".*currentSchema=", "");
        Postgres.execute("create table " + schema + ".orders (id int)");
        assertThat(SecondApplication.says(url)).contains("opened {}");

        assertThat(SecondApplication.saysWithoutFlyway(url)).contains("opened {}");
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void an_older_ledger_is_brought_up_to_date(TestLedger.On on) throws IOException {
        String url =
                on == TestLedger.On.SQLITE
                        ? "jdbc:sqlite:" + folder.resolve("ledger.db")
                        : Postgres.freshSchema();
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:kling/ledger")
                .table("kling_schema")
                .target(String.valueOf(Tables.newest() - 1))
                .load()
                .migrate();

        assertThat(SecondApplication.saysWithoutFlyway(url)).contains("NoClassDefFoundError");
        assertThat(SecondApplication.says(url)).contains("opened {}");
        assertThat(SecondApplication.saysWithoutFlyway(url)).contains("opened {}");
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void tables_that_were_half_made_are_flyways_to_judge(TestLedger.On on) {
        try (TestLedger test = TestLedger.on(on)) {
            test.sql(
                    "update kling_schema set success = "
                            + (on == TestLedger.On.SQLITE ? "0" : "false")
                            + " where version = "
                            + NEWEST);

            assertThatThrownBy(test::restart)
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("cannot be used: Validate failed");
        }
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void tables_of_other_files_are_flyways_to_judge(TestLedger.On on) {
        try (TestLedger test = TestLedger.on(on)) {
            test.sql("update kling_schema set checksum = checksum + 1 where version = " + NEWEST);

            assertThatThrownBy(test::restart)
                    .isInstanceOf(CannotStart.class)
                    .hasMessageContaining("cannot be used: Validate failed");
        }
    }

    @ParameterizedTest
    @EnumSource(TestLedger.On.class)
    void a_newer_ledger_is_refused(TestLedger.On on) throws IOException {
        try (TestLedger test = TestLedger.on(on)) {
            String url = url(test);
            test.sql(
                    "insert into kling_schema (installed_rank, version, description, type, script,"
                            + " installed_by, execution_time, success)"
                            + " select installed_rank + 1, '999', description, type, script,"
                            + " installed_by, execution_time, success from kling_schema"
                            + " where version = "
                            + NEWEST);
            test.ledger().close();

            assertThat(SecondApplication.says(url))
                    .contains("is of a newer version (999, this jar's is " + Tables.newest() + ")");
        }
    }

    private static String url(TestLedger test) {
        return test.settings().text("kling.ledger.url");
    }
}
