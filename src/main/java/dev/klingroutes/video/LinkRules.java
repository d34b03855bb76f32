package dev.klingroutes.video;

import dev.klingroutes.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which links may be followed.
 *
 * @param privateAllowed also into private networks, and by plain http
 * @param hosts names, or {@code *.name} for all below it; empty: any host
 */
public record LinkRules(boolean privateAllowed, List<String> hosts) {
    private static final Pattern HOST =
            Pattern.compile(
                    "(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    static LinkRules of(Settings settings) {
        return new LinkRules(
                settings.text("kling.download.private-addresses").equals("allow"),
                hosts(settings.text("kling.download.hosts")));
    }

    /**
     * Reads a list of hosts.
     *
     * @throws IllegalArgumentException naming what is none
     */
    public static List<String> hosts(String text) {
        List<String> hosts =
                Arrays.stream(text.toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList();
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw new IllegalArgumentException(
                        "\"" + host + "\" is no host such as a.example.com or *.example.com");
            }
        }
        return hosts;
    }

    /** Whether a host is among those that may be asked. */
    boolean allows(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return hosts.isEmpty() || hosts.stream().anyMatch(allowed -> matches(allowed, name));
    }

    private static boolean matches(String allowed, String host) {
        return allowed.startsWith("*.")
                ? host.endsWith(allowed.substring(1)) && host.length() >= allowed.length()
                : host.equals(allowed);
    }
}
