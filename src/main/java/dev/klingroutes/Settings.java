package dev.klingroutes;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.util.TimeUtils;

/**
 * The settings as the Java of the rooms reads them: Camel property placeholders wherever it runs,
 * with the defaults that are shipped. Keys, units and reasons: {@code
 * config/application.properties}.
 */
public final class Settings implements CamelContextAware {
    /** Of the environment: where the key for the provider comes from. */
    static final String KEY = "COMETAPI_KEY";

    private static final Properties DEFAULTS = defaults();

    private UnaryOperator<String> given;
    private CamelContext camel;

    /** For Camel, which hands in its context. */
    public Settings() {}

    private Settings(UnaryOperator<String> given) {
        this.given = given;
    }

    /** Settings by hand; what is not in the map has its default. */
    public static Settings of(Map<String, String> given) {
        return of(given::get);
    }

    /** Settings that are asked for; what is null has its default. */
    public static Settings of(UnaryOperator<String> given) {
        return new Settings(given);
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        camel = camelContext;
        given = key -> camelContext.resolvePropertyPlaceholders("{{?" + key + "}}");
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    /**
     * For the YAML, which calls it before anything starts.
     *
     * @throws CannotStart naming every key of ours that is unknown or malformed
     */
    public void check() {
        Set<String> keys =
                camel.getPropertiesComponent().loadProperties(name -> true).stringPropertyNames();
        Set<String> given = new TreeSet<>(keys);
        // the application's, which knows them
        given.removeIf(key -> key.startsWith("kling.sandbox."));
        SettingsCheck.check(given, DEFAULTS.stringPropertyNames(), this::text);
    }

    /**
     * Never null; blank where a setting has no value.
     *
     * @throws CannotStart if it names another property that is not there
     */
    public String text(String key) {
        try {
            String value = given.apply(key);
            return (value == null ? DEFAULTS.getProperty(key, "") : value).strip();
        } catch (IllegalArgumentException e) {
            // whose message shows the value, which may be a password
            throw new CannotStart(
                    key + " cannot be read: what stands in {{…}} is no property that is there", e);
        }
    }

    /** Whether it has another value than the one that is shipped. */
    public boolean isChanged(String key) {
        return !text(key).equals(DEFAULTS.getProperty(key, "").strip());
    }

    public Duration duration(String key) {
        return Duration.ofMillis(TimeUtils.toMilliSeconds(text(key)));
    }

    public int count(String key) {
        return Integer.parseInt(text(key));
    }

    public long bytes(String key) {
        return Bytes.of(text(key)).count();
    }

    /**
     * An amount of money; empty where none is set.
     *
     * @throws IllegalArgumentException if it is no amount
     */
    public Optional<Dollars> dollars(String key) {
        return text(key).isEmpty() ? Optional.empty() : Optional.of(Dollars.of(text(key)));
    }

    /** Whether nothing is bought, looked at or taken ({@code kling.dry-run}). */
    public boolean dryRun() {
        return text("kling.dry-run").equals("true");
    }

    public Path folder(String key) {
        return Path.of(text(key));
    }

    /** What a host has bound under this name; empty if nothing, or where no Camel runs. */
    public <T> Optional<T> bean(String name, Class<T> type) {
        return camel == null
                ? Optional.empty()
                : Optional.ofNullable(camel.getRegistry().lookupByNameAndType(name, type));
    }

    /** The key for the provider; it goes into the header of a call and nowhere else. */
    public String key() {
        return text(KEY);
    }

    private static Properties defaults() {
        Properties shipped = new Properties();
        try (InputStream in = Settings.class.getResourceAsStream("/kling/application.properties")) {
            shipped.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return shipped;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
