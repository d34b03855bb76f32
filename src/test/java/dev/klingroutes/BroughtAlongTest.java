package dev.klingroutes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What comes into a host with the jar: Maven's tree of this build, without what is optional. A
 * dependency of both a needed and an optional one counts, whichever of them Maven puts it under.
 */
class BroughtAlongTest {
    /** Written by the build before the tests. */
    private static final Path TREE = Path.of("target/dependencies.txt");

    private static final Pattern LINE =
            Pattern.compile("(?<depth>[ |+\\\\-]*)\\(?(?<name>[\\w.-]+:[\\w.-]+):jar:.*");
    private static final int INDENT = 3;

    /** The tree does not say it. */
    private static final Pattern OPTIONAL =
            Pattern.compile(
                    "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*"
                            + "(?:<version>[^<]+</version>\\s*)?<optional>true</optional>");

    private static final Pattern FORBIDDEN =
            Pattern.compile(
                    // a second logger, and bridges from and to one
                    "org\\.apache\\.logging.*|log4j.*|ch\\.qos.*|commons-logging:.*|.*:jcl-over-slf4j"
                            + "|.*:slf4j-(?!api$).*|.*:log4j-.*|.*:jboss-logging.*"
                            // servers
                            + "|io\\.vertx.*|io\\.netty.*|io\\.undertow.*|.*jetty.*|.*tomcat.*"
                            + "|.*:camel-platform-http.*"
                            // drivers but for the embedded one
                            + "|org\\.postgresql.*|com\\.h2database.*|.*:flyway-database-.*"
                            // what only the application is made of
                            + "|info\\.picocli.*|.*:camel-main|.*:camel-jbang.*");

    @Test
    void no_logger_no_server_no_driver_and_nothing_of_the_application() throws IOException {
        Set<String> brought = brought(Files.readAllLines(TREE), optional());

        assertThat(brought)
                .hasSizeGreaterThan(30)
                .contains("org.slf4j:slf4j-api", "org.apache.camel:camel-http")
                .contains("org.xerial:sqlite-jdbc", "com.zaxxer:HikariCP")
                .noneMatch(name -> FORBIDDEN.matcher(name).matches());
    }

    @Test
    void the_application_has_what_a_host_is_spared() throws IOException {
        assertThat(edges(Files.readAllLines(TREE)).keySet())
                .filteredOn(name -> FORBIDDEN.matcher(name).matches())
                .contains(
                        "org.apache.camel:camel-main",
                        "org.apache.logging.log4j:log4j-slf4j2-impl",
                        "io.vertx:vertx-core",
                        "org.postgresql:postgresql",
                        "info.picocli:picocli");
    }

    @Test
    void what_stands_below_an_optional_one_is_brought_if_another_needs_it() {
        assertThat(
                        brought(
                                List.of(
                                        "our:jar:jar:1",
                                        "+- a:needed:jar:1:compile",
                                        "|  \\- b:next:jar:1:compile",
                                        "|     \\- (c:server:jar:1:compile - omitted for duplicate)",
                                        "\\- d:spare:jar:1:compile",
                                        "   \\- c:server:jar:1:compile",
                                        "      \\- e:more:jar:1:compile"),
                                Set.of("d:spare")))
                .containsExactly("a:needed", "b:next", "c:server", "e:more");
    }

    private static Set<String> optional() throws IOException {
        Set<String> optional =
                OPTIONAL.matcher(Files.readString(Path.of("pom.xml")))
                        .results()
                        .map(match -> match.group(1) + ":" + match.group(2))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(optional).hasSizeGreaterThan(3);
        return optional;
    }

    private static Set<String> brought(List<String> tree, Set<String> optional) {
        Map<String, Set<String>> edges = edges(tree);
        Set<String> brought = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(edges.get(""));
        open.removeAll(optional);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (brought.add(name)) {
                open.addAll(edges.get(name));
            }
        }
        return brought;
    }

    /** What each needs; under "" what the jar does. */
    private static Map<String, Set<String>> edges(List<String> tree) {
        Map<String, Set<String>> edges = new HashMap<>(Map.of("", new TreeSet<>()));
        List<String> path = new ArrayList<>(List.of(""));
        for (String line : tree.subList(1, tree.size())) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            int depth = matcher.group("depth").length() / INDENT;
            String name = matcher.group("name");
            path.subList(depth, path.size()).clear();
            edges.computeIfAbsent(name, key -> new TreeSet<>());
            edges.get(path.get(depth - 1)).add(name);
            path.add(name);
        }
        return edges;
    }
}
