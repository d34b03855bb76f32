package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsCheckTest {
    private final Map<String, String> before = new HashMap<>();

    @TempDir Path folder;

    @AfterEach
    void restore() {
        before.forEach(
                (key, value) -> {
                    if (value == null) {
                        System.clearProperty(key);
                    } else {
                        System.setProperty(key, value);
                    }
                });
    }

    private void set(String key, String value) {
        before.putIfAbsent(key, System.getProperty(key));
        System.setProperty(key, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sandbox"})
    void our_own_defaults_are_right(String profile) {
        assertThatCode(() -> new SettingsCheck(profile.isEmpty() ? null : profile).settings())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "kling.watch.evry, kling.watch.every",
        "kling.submit.inflight, kling.submit.in-flight",
        "kling.Outbox.dir, kling.outbox.dir"
    })
    void an_unknown_key_is_named_with_the_nearest_known_one(String wrong, String right) {
        set(wrong, "5s");

        refused(wrong + " is no setting; did you mean " + right + "?");
    }

    @Test
    void an_unknown_key_that_is_like_none_is_named() {
        set("kling.coffee", "black");

        refused("kling.coffee is no setting\n");
    }

    @ParameterizedTest
    @CsvSource({
        "kling.watch.every, abc, 'it must be a time'",
        "kling.watch.every, 5x, 'it must be a time'",
        "kling.watch.every, s, 'it must be a time'",
        "kling.watch.every, 5 s, 'it must be a time'",
        "kling.watch.every, 5S, 'it must be a time'",
        "kling.watch.every, -5, 'it must be a time'",
        "kling.watch.every, 1.5s, 'it must be a time'",
        "kling.watch.every, PT5S, 'it must be a time'",
        "kling.watch.every, '', 'it must be a time'",
        "kling.watch.every, 300000000000000h, 'it must be a time'",
        "kling.watch.every, 0, 'it must be more than 0'",
        "kling.submit.deadline, 0s, 'it must be more than 0'",
        "kling.rooms, task-sumbit, '\"task-sumbit\" is no room; did you mean task-submit?'",
        "kling.rooms, 'all,task-watch', '\"all\" is no room'",
        "kling.rooms, '', '\"\" is no room'",
        "kling.rooms, 'task-watch,', '\"\" is no room'",
        "kling.http.proxy, 'http://proxy:3128', 'it must be a host and a port'",
        "kling.http.proxy, 'proxy:99999', 'it must be a host and a port'",
        "kling.submit.in-flight, five, 'it must be a number'",
        "kling.submit.in-flight, 0, 'at least 1'",
        "kling.submit.in-flight, -1, 'at least 1'",
        "kling.submit.in-flight, 99999999999, 'it must be a number'",
        "kling.ledger.min-free, lots, 'it must be a size'",
        "kling.download.max-bytes, 999999999999TB, 'no disk is that large'",
        "kling.download.private-addresses, maybe, 'it must be one of [refuse, allow]'",
        "kling.download.hosts, 'https://a.example.com', 'is no host such as'",
        "kling.download.hosts, 'a.example.com b.example.com', 'is no host such as'",
        "kling.download.hosts, 'a.*.com', 'is no host such as'",
        "kling.prompt.unknown-fields, Pass, 'it must be one of [refuse, pass]'",
        "kling.prompt.unknown-models, allow, 'it must be one of [refuse, pass]'",
        "kling.dry-run, yes, 'it must be one of [true, false]'",
        "kling.api.url, api.cometapi.com, 'it must be an http or https URL'",
        "kling.api.url, ftp://host, 'it must be an http or https URL'",
        "kling.api.url, https://, ''",
        "kling.api.url, https://host?x=1, 'without ? and #'",
        "kling.api.url, 'https://ho st', 'Illegal character'",
        "kling.callback.url, kling.example.com, 'it must be an http or https URL'",
        "kling.callback.url, https://host/#x, 'without a user, ? and #'",
        "kling.callback.url, https://host/it''s, 'it must be an http or https URL'",
        "kling.watch.every-with-callback, 0, 'it must be more than 0'",
        "kling.outbox.dir, '', 'it must name a folder'",
        "kling.ledger.url, jdbc:h2:mem, 'it must be a jdbc:sqlite: or jdbc:postgresql: URL'"
    })
    void a_malformed_value_is_named_with_what_it_must_be(String key, String value, String must) {
        set(key, value);

        refused(key + " is \"" + value.replaceFirst("\\?.*", ""), must);
    }

    @ParameterizedTest
    @CsvSource({
        "kling.watch.every, 500",
        "kling.watch.every, 1h30m",
        "kling.watch.every, 1d2h3m4s5ms",
        "kling.watch.every, ' 5s '",
        "kling.inbox.rest, 0",
        "kling.watch.first-look, 0s",
        "kling.submit.in-flight, 1",
        "kling.download.hosts, ''",
        "kling.download.hosts, '*.kechuangai.com, p1.a.kwimgs.com'",
        "kling.api.url, http://127.0.0.1:8080/base/",
        "kling.ledger.url, jdbc:postgresql://host/kling",
        "kling.callback.url, ''",
        "kling.callback.url, https://host:8443/base/"
    })
    void a_value_that_is_right_is_taken(String key, String value) {
        set(key, value);

        assertThatCode(() -> new SettingsCheck(null).settings()).doesNotThrowAnyException();
    }

    @Test
    void a_value_may_name_another_property() {
        set("mine.dry", "true");
        set("kling.dry-run", "{{mine.dry}}");

        assertThat(new SettingsCheck(null).settings().dryRun()).isTrue();
    }

    @Test
    void what_another_property_says_is_checked_as_well() {
        set("mine.dry", "yes");
        set("kling.dry-run", "{{mine.dry}}");

        refused("kling.dry-run is \"yes\"", "it must be one of [true, false]");
    }

    @Test
    void a_setting_that_asks_for_a_property_that_is_not_there_is_named_and_not_shown() {
        set("kling.ledger.password", "{{hush}}hush");

        assertThatThrownBy(() -> new SettingsCheck(null).settings())
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("kling.ledger.password cannot be read")
                .hasMessageNotContaining("hush");
    }

    @Test
    void a_variable_may_be_listed_as_quarkus_reads_it() {
        Set<String> known = Set.of("kling.watch.first-look");
        Set<String> given = new TreeSet<>(Set.of("kling.watch.first.look"));

        assertThatCode(() -> SettingsCheck.check(given, known, key -> "1s"))
                .doesNotThrowAnyException();
    }

    @Test
    void a_misspelt_key_is_refused_though_a_variable_could_be_read_like_it() {
        set("kling.watch.first.look", "20s");

        refused("kling.watch.first.look is no setting; did you mean kling.watch.first-look?");
    }

    @Test
    void all_that_is_wrong_is_said_at_once() {
        set("kling.watch.evry", "1s");
        set("kling.clock.tick", "soon");
        set("kling.submit.workers", "many");

        refused("kling.watch.evry", "kling.clock.tick", "kling.submit.workers");
    }

    @Test
    void the_key_is_no_setting() {
        set("COMETAPI_KEY", "sk-hush");

        assertThatThrownBy(() -> new SettingsCheck(null).settings())
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("COMETAPI_KEY stands in a settings file or in -D")
                .hasMessageNotContaining("hush");
    }

    @Test
    void no_password_is_shown() {
        set("kling.ledger.url", "jdbc:mysql://me:hush@host/kling?password=hush");

        assertThatThrownBy(() -> new SettingsCheck(null).settings())
                .hasMessageContaining("jdbc:mysql://host/kling")
                .hasMessageNotContaining("hush");
    }

    @Test
    void an_address_for_callbacks_holds_no_user() {
        set("kling.callback.url", "https://me:hush@host");

        assertThatThrownBy(() -> new SettingsCheck(null).settings())
                .hasMessageContaining("without a user")
                .hasMessageNotContaining("hush");
    }

    @Test
    void the_environment_wins_over_properties_over_the_file_over_the_default() throws Exception {
        assertThat(probe("kling.watch.every", null, null)).containsOnly("5s");

        Files.writeString(
                Files.createDirectory(folder.resolve("config")).resolve("application.properties"),
                "kling.watch.every = 6s\n");
        assertThat(probe("kling.watch.every", null, null)).containsOnly("6s");
        assertThat(probe("kling.watch.every", null, "7s")).containsOnly("7s");
        assertThat(probe("kling.watch.every", "8s", "7s")).containsOnly("8s");
    }

    @Test
    void the_file_of_a_profile_wins_over_the_one_without() throws Exception {
        Path config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(config.resolve("application.properties"), "kling.watch.every = 6s\n");

        assertThat(probe("kling.watch.every", null, null, "sandbox")).containsOnly("2s");

        Files.writeString(
                config.resolve("application-sandbox.properties"), "kling.watch.every = 9s\n");
        assertThat(probe("kling.watch.every", null, null, "sandbox")).containsOnly("9s");
    }

    @Test
    void a_key_in_the_file_is_checked_as_well() throws Exception {
        Files.writeString(
                Files.createDirectory(folder.resolve("config")).resolve("application.properties"),
                "kling.watch.evry = 6s\n");

        assertThat(probe("kling.watch.every", null, null).toString())
                .contains("kling.watch.evry is no setting");
    }

    /** What the check and the rooms see, in a process of its own. */
    private List<String> probe(String key, String environment, String property, String... profile)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (property != null) {
            command.add("-D" + key + "=" + property);
        }
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        SettingsProbe.class.getName(),
                        key));
        command.addAll(List.of(profile));
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        if (environment != null) {
            process.environment()
                    .put(key.toUpperCase().replace('.', '_').replace('-', '_'), environment);
        }
        process.redirectError(ProcessBuilder.Redirect.DISCARD);
        String said =
                new String(process.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said.lines()
                .filter(line -> line.startsWith("> "))
                .map(line -> line.substring(2))
                .toList();
    }

    private static void refused(String... parts) {
        assertThatThrownBy(() -> new SettingsCheck(null).settings())
                .isInstanceOf(CannotStart.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining("config/application.properties");
    }
}
