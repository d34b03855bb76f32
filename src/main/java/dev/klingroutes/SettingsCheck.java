package dev.klingroutes;

import dev.klingroutes.video.LinkRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.util.TimeUtils;

/**
 * The settings before anything starts: where they are read from, and whether each is known and well
 * formed. The rooms read them as Camel property placeholders, from the same places.
 */
final class SettingsCheck {
    private static final Path FOLDER = Path.of("config");
    private static final String PREFIX = "kling.";

    private static final Set<String> DURATIONS =
            Set.of(
                    "kling.inbox.rest",
                    "kling.inbox.every",
                    "kling.inbox.resume",
                    "kling.clock.tick",
                    "kling.submit.deadline",
                    "kling.submit.probe",
                    "kling.watch.first-look",
                    "kling.watch.every",
                    "kling.watch.every-with-callback",
                    "kling.watch.patience",
                    "kling.watch.deadline",
                    "kling.download.patience",
                    "kling.stop.patience",
                    "kling.sandbox.render");
    private static final Pattern DURATION =
            Pattern.compile(
                    "\\d{1,12}|(\\d{1,6}d)?(\\d{1,6}h)?(\\d{1,6}m)?(\\d{1,9}s)?(\\d{1,12}ms)?");
    private static final Set<String> MAY_BE_ZERO =
            Set.of("kling.inbox.rest", "kling.watch.first-look", "kling.sandbox.render");
    private static final Set<String> COUNTS =
            Set.of(
                    "kling.submit.in-flight",
                    "kling.submit.workers",
                    "kling.watch.workers",
                    "kling.download.parallel");
    private static final Set<String> SIZES =
            Set.of("kling.ledger.min-free", "kling.download.max-bytes");
    private static final Set<String> DOLLARS =
            Set.of(
                    "kling.budget.per-task",
                    "kling.budget.per-day",
                    "kling.budget.per-month",
                    "kling.budget.unit-price");
    private static final Map<String, List<String>> CHOICES =
            Map.of(
                    "kling.dry-run", List.of("true", "false"),
                    "kling.prompt.unknown-fields", List.of("refuse", "pass"),
                    "kling.prompt.unknown-models", List.of("refuse", "pass"),
                    "kling.submit.uncertain", List.of("park", "resend"),
                    "kling.download.private-addresses", List.of("refuse", "allow"));

    private final List<String> locations = new ArrayList<>();
    private final List<Properties> files = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();

    /**
     * @param profile a Camel profile such as {@code sandbox}, or null
     */
    SettingsCheck(String profile) {
        if (profile != null) {
            add("application-" + profile + ".properties");
        }
        add("application.properties");
    }

    private void add(String name) {
        Path file = FOLDER.resolve(name);
        if (Files.exists(file)) {
            files.add(read(file));
            locations.add("file:" + file);
        }
        InputStream ours = SettingsCheck.class.getResourceAsStream("/kling/" + name);
        if (ours != null) {
            Properties defaults = read(ours, name);
            files.add(defaults);
            known.addAll(defaults.stringPropertyNames());
            locations.add("classpath:kling/" + name);
        }
    }

    /** For Camel: the first that has a key wins. */
    String locations() {
        return String.join(",", locations);
    }

    /** As it is written; the environment wins over -D, which wins over the files. */
    private String written(String key) {
        String forced = forced(key);
        return forced != null
                ? forced
                : files.stream()
                        .map(file -> file.getProperty(key))
                        .filter(value -> value != null)
                        .findFirst()
                        .orElse(null);
    }

    /**
     * The settings as the rooms will have them, where no Camel runs.
     *
     * @throws CannotStart naming every key that is unknown, with the nearest known one, or
     *     malformed; also where the key for the provider stands among them
     */
    Settings settings() {
        Set<String> given = new TreeSet<>(System.getProperties().stringPropertyNames());
        files.forEach(file -> given.addAll(file.stringPropertyNames()));
        if (given.contains(Settings.KEY)) {
            throw new CannotStart(
                    Settings.KEY
                            + " stands in a settings file or in -D, where others can read it. It is taken"
                            + " from the environment alone: remove it there.");
        }
        check(given, known, this::written);
        boolean placeholders =
                known.stream()
                        .map(this::written)
                        .anyMatch(value -> value != null && value.contains("{{"));
        if (!placeholders) {
            return Settings.of(this::written);
        }
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setLocation(locations());
        Settings settings = new Settings();
        settings.setCamelContext(camel);
        check(given, known, settings::text);
        return settings;
    }

    /** The value from the environment or -D, which win over every file; null if there is none. */
    static String forced(String key) {
        String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        String environment = System.getenv(variable);
        return environment != null ? environment : System.getProperty(key);
    }

    /**
     * For a host, which has keys and values of its own making.
     *
     * @throws CannotStart as {@link #settings}
     */
    static void check(Set<String> given, Set<String> known, UnaryOperator<String> values) {
        List<String> faults = new ArrayList<>();
        given.removeIf(key -> !key.startsWith(PREFIX));
        // Quarkus lists KLING_WATCH_FIRST_LOOK as kling.watch.first.look beside the real name
        for (String key : known) {
            String listed = key.replace('-', '.');
            if (!listed.equals(key) && Objects.equals(values.apply(listed), values.apply(key))) {
                given.remove(listed);
            }
        }
        for (String key : given) {
            if (!known.contains(key)) {
                faults.add(
                        key
                                + " is no setting"
                                + dev.klingroutes.prompt.Nearest.to(key, known)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(""));
            }
        }
        for (String key : known) {
            String value = values.apply(key);
            // a placeholder is Camel's to resolve
            if (value != null && !value.contains("{{")) {
                String fault = fault(key, value.strip());
                if (fault != null) {
                    // what follows may be a password
                    faults.add(
                            key
                                    + " is \""
                                    + value.replaceFirst("//[^/@]*@", "//")
                                            .replaceFirst("\\?.*", "?…")
                                    + "\": "
                                    + fault);
                }
            }
        }
        if (!faults.isEmpty()) {
            throw new CannotStart(
                    "The settings are not right:\n  "
                            + String.join("\n  ", faults)
                            + "\nEvery setting is described in config/application.properties of the project.");
        }
    }

    private static String fault(String key, String value) {
        try {
            if (DURATIONS.contains(key)) {
                return durationFault(key, value);
            }
            if (COUNTS.contains(key)) {
                return Integer.parseInt(value) < 1 ? "it must be at least 1" : null;
            }
            if (SIZES.contains(key)) {
                Bytes.of(value);
            }
            if (DOLLARS.contains(key) && !value.isEmpty()) {
                Dollars.of(value);
            }
            if (CHOICES.containsKey(key) && !CHOICES.get(key).contains(value)) {
                return "it must be one of " + CHOICES.get(key);
            }
            if (key.equals("kling.rooms")) {
                Rooms.named(value);
            }
            if (key.equals("kling.download.hosts")) {
                LinkRules.hosts(value);
            }
            if (key.equals("kling.http.proxy") && !value.isEmpty()) {
                HostHttp.proxy(value);
            }
            if (key.equals("kling.api.url")) {
                URI uri = URI.create(value);
                boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null;
                return http && uri.getHost() != null && plain
                        ? null
                        : "it must be an http or https URL without ? and #";
            }
            if (key.equals("kling.callback.url") && !value.isEmpty()) {
                return callbackFault(URI.create(value));
            }
            if (key.equals("kling.ledger.url")
                    && !value.matches("#.+")
                    && !value.startsWith("jdbc:sqlite:")
                    && !value.startsWith("jdbc:postgresql:")) {
                return "it must be a jdbc:sqlite: or jdbc:postgresql: URL";
            }
            return key.endsWith(".dir") && value.isEmpty() ? "it must name a folder" : null;
        } catch (NumberFormatException e) {
            return "it must be a number, or a number with a unit";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String callbackFault(URI uri) {
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        boolean plain =
                uri.getRawQuery() == null
                        && uri.getRawFragment() == null
                        && uri.getRawUserInfo() == null
                        && uri.toString().indexOf('\'') < 0;
        return http && uri.getHost() != null && plain
                ? null
                : "it must be an http or https URL without a user, ? and #";
    }

    /** Strict, since Camel takes a word that it cannot read for 0. */
    private static String durationFault(String key, String value) {
        if (!DURATION.matcher(value).matches() || value.isEmpty()) {
            return "it must be a time such as 500 (milliseconds), 5s, 30m or 1h30m";
        }
        return TimeUtils.toMilliSeconds(value) == 0 && !MAY_BE_ZERO.contains(key)
                ? "it must be more than 0"
                : null;
    }

    private static Properties read(Path file) {
        try {
            return read(Files.newInputStream(file), file.toString());
        } catch (IOException e) {
            throw new CannotStart("The settings file " + file + " cannot be read: " + e, e);
        }
    }

    private static Properties read(InputStream in, String name) {
        Properties properties = new Properties();
        try (InputStreamReader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new CannotStart("The settings file " + name + " cannot be read: " + e, e);
        }
    }
}
