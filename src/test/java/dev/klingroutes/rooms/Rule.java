package dev.klingroutes.rooms;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.klingroutes.rooms.Room.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What every file in routes/ keeps to; each with an example that breaks it. */
enum Rule {
    ONE_NAME_FOR_FILE_ROUTE_AND_DOOR(Rule::oneName, "id: kling-good", "id: kling-other"),
    EVERY_ROUTE_IS_DESCRIBED_IN_ONE_SENTENCE(
            Rule::described, "description: Does good", "description: Does good. And more"),
    EVERY_ROUTE_NAMES_ITS_ERROR_POLICY(
            Rule::policy, "routeConfigurationId: kling-failure", "autoStartup: true"),
    NOTHING_RUNS_UNLESS_ITS_ROOM_WAS_ASKED_FOR(
            Rule::asked, "runs('task-clock')}", "runs('task-clock')} != null"),
    NOTHING_BEGINS_BEFORE_LEDGER_AND_FOLDERS_ARE_OPEN(
            Rule::opened, "routePolicy: klingOpening", "autoStartup: true"),
    EVERY_STEP_HAS_AN_ID_OF_ITS_OWN(Rule::ids, "id: kling-do-good", "description: x"),
    EVERY_ID_IS_TOLD_FROM_THOSE_OF_A_HOST(Rule::prefixed, "id: kling-do-good", "id: do-good"),
    AT_MOST_SEVEN_STEPS_A_ROUTE(Rule::brief, "steps:\n", "steps:\n" + filler(7)),
    NO_SHORT_HAND(Rule::canonical, "simple:\n                expression: x", "simple: x"),
    NO_QUERY_IN_AN_ADDRESS(Rule::canonical, "uri: direct:away", "uri: direct:away?block=false"),
    VALID_FOR_CAMELS_SCHEMA(Rule::valid, "ref: klingGood", "reff: klingGood"),
    EVERY_BEAN_EXISTS(Rule::beans, "ref: klingGood", "ref: klingBad"),
    INLINE_DEFAULTS_ARE_THOSE_OF_CONFIG(
            Rule::defaults, "\"{{kling.clock.tick:200}}\"", "\"{{kling.clock.tick:201}}\""),
    EVERY_PLACEHOLDER_HAS_A_DEFAULT(
            Rule::defaults, "\"{{kling.clock.tick:200}}\"", "\"{{kling.clock.tick}}\"");

    private static final String GOOD =
            """
            - beans:
                - name: klingGood
                  type: java.lang.Object
            - route:
                id: kling-good
                description: Does good
                routeConfigurationId: kling-failure
                routePolicy: klingOpening
                precondition: "${bean:klingRooms?method=runs('task-clock')}"
                from:
                  uri: scheduler
                  parameters:
                    name: kling-good
                    delay: "{{kling.clock.tick:200}}"
                  steps:
                    - bean:
                        id: kling-do-good
                        ref: klingGood
                        method: toString
                    - setBody:
                        id: kling-set-good
                        expression:
                          simple:
                            expression: x
                    - to:
                        id: kling-to-away
                        uri: direct:away
            """;

    private static final Pattern ID = Pattern.compile("(?m)^[ -]+id: (.*)$");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^}:]+)(?::([^}]*))?}}");
    private static final Pattern ROOM_ASKED =
            Pattern.compile("\\$\\{bean:klingRooms\\?method=runs\\('[a-z-]+'\\)}( == true && .*)?");

    /** The application watches its inbox; a host that only loads the rooms did not ask for one. */
    private static final Map<String, String> OF_A_HOST =
            Map.of("kling.rooms", "task-submit,task-watch,video-download");

    private static final Set<String> ELEMENTS = Set.of("beans", "route", "routeConfiguration");
    private static final int MOST_STEPS = 7;

    private final Function<Room, List<String>> faults;
    private final String[] change;

    Rule(Function<Room, List<String>> faults, String... change) {
        this.faults = faults;
        this.change = change;
    }

    /** What is wrong with the room, empty if nothing is. */
    List<String> faults(Room room) {
        return faults.apply(room);
    }

    static Room goodExample() {
        return Room.of("good", GOOD);
    }

    /** The good example with one thing changed. */
    Room wrongExample() {
        if (!GOOD.contains(change[0])) {
            throw new AssertionError("nothing to change for " + this);
        }
        return Room.of("good", GOOD.replace(change[0], change[1]));
    }

    private static String filler(int steps) {
        StringBuilder more = new StringBuilder();
        for (int i = 0; i < steps; i++) {
            more.append("        - stop:\n            id: kling-s").append(i).append('\n');
        }
        return more.toString();
    }

    private static List<String> oneName(Room room) {
        List<String> faults = new ArrayList<>();
        boolean first = true;
        for (Map<String, Object> route : room.routes()) {
            String id = String.valueOf(route.get("id"));
            String name = "kling-" + room.stem();
            if (first ? !id.equals(name) : !id.startsWith(name + "-")) {
                faults.add(id + " in " + room.stem());
            }
            first = false;
            String door = String.valueOf(Room.map(route.get("from")).get("uri"));
            if (door.startsWith("direct:") && !door.equals("direct:" + id)) {
                faults.add(id + " has the door " + door);
            }
        }
        for (Map<String, Object> policy : room.named("routeConfiguration")) {
            if (!("kling-" + room.stem()).equals(policy.get("id"))) {
                faults.add(policy.get("id") + " in " + room.stem());
            }
        }
        return faults;
    }

    private static List<String> described(Room room) {
        return room.routes().stream()
                .map(route -> String.valueOf(route.get("description")))
                .filter(text -> !text.matches("[A-Z][^.]+") || text.equals("null"))
                .toList();
    }

    private static List<String> policy(Room room) {
        return room.routes().stream()
                .filter(route -> !"kling-failure".equals(route.get("routeConfigurationId")))
                .map(route -> route.get("id") + " names no error policy")
                .toList();
    }

    /** A route that is called by no other. */
    private static List<String> opened(Room room) {
        return room.routes().stream()
                .filter(
                        route ->
                                !String.valueOf(Room.map(route.get("from")).get("uri"))
                                        .matches("(direct|seda):.*"))
                .filter(route -> !"klingOpening".equals(route.get("routePolicy")))
                .map(route -> route.get("id") + " may begin before anything is open")
                .toList();
    }

    /** A route that has threads of its own, or a way in from outside. */
    private static List<String> asked(Room room) {
        return room.routes().stream()
                .filter(
                        route ->
                                !String.valueOf(Room.map(route.get("from")).get("uri"))
                                        .startsWith("direct:"))
                .filter(
                        route ->
                                !ROOM_ASKED
                                        .matcher(String.valueOf(route.get("precondition")))
                                        .matches())
                .map(route -> route.get("id") + " does not heed kling.rooms")
                .toList();
    }

    private static List<String> ids(Room room) {
        Set<Object> seen = new TreeSet<>();
        return room.steps().stream()
                .filter(
                        step ->
                                step.fields().get("id") == null
                                        || !seen.add(step.fields().get("id")))
                .map(Step::toString)
                .toList();
    }

    /** In one context a host has no step of the same id, or it does not start. */
    private static List<String> prefixed(Room room) {
        return ID.matcher(room.code())
                .results()
                .map(match -> match.group(1))
                .filter(id -> !id.startsWith("kling-"))
                .toList();
    }

    private static List<String> brief(Room room) {
        return room.routes().stream()
                .filter(route -> Room.topSteps(route).size() > MOST_STEPS)
                .map(route -> route.get("id") + " is too long")
                .toList();
    }

    private static List<String> canonical(Room room) {
        List<String> faults = new ArrayList<>();
        for (Map<String, Object> element : room.elements()) {
            element.keySet().stream().filter(key -> !ELEMENTS.contains(key)).forEach(faults::add);
        }
        for (Step step : room.steps()) {
            if (!(step.body() instanceof Map)) {
                faults.add("short hand: " + step);
            }
            for (String language : List.of("simple", "constant", "jsonpath")) {
                if (step.fields().containsKey(language)) {
                    faults.add("short hand: " + step);
                }
            }
            Room.map(step.fields().get("expression"))
                    .forEach(
                            (language, body) -> {
                                if (!(body instanceof Map)) {
                                    faults.add("short hand: " + step);
                                }
                            });
            if (String.valueOf(step.fields().get("uri")).contains("?")) {
                faults.add("parameters in an address: " + step);
            }
        }
        room.routes().stream()
                .map(route -> String.valueOf(Room.map(route.get("from")).get("uri")))
                .filter(uri -> uri.contains("?"))
                .forEach(faults::add);
        return faults;
    }

    private static final class Camel {
        static final JsonSchema SCHEMA = schema();

        private static JsonSchema schema() {
            try (InputStream in = Rule.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
                return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<String> valid(Room room) {
        return Camel.SCHEMA.validate(new ObjectMapper().valueToTree(room.elements())).stream()
                .map(Object::toString)
                .toList();
    }

    private static List<String> beans(Room room) {
        Set<String> known = new TreeSet<>();
        Stream.concat(Room.all().stream(), Stream.of(room))
                .flatMap(one -> one.elements().stream())
                .map(element -> element.get("beans"))
                .filter(List.class::isInstance)
                .flatMap(list -> ((List<?>) list).stream())
                .forEach(bean -> known.add(String.valueOf(Room.map(bean).get("name"))));
        Matcher used =
                Pattern.compile("(?:ref: |routePolicy: |\"#(?:bean:)?)([A-Za-z]+)")
                        .matcher(room.code());
        return used.results()
                .map(match -> match.group(1))
                .filter(name -> !known.contains(name))
                .toList();
    }

    private static List<String> defaults(Room room) {
        Properties config = config();
        return PLACEHOLDER
                .matcher(room.code())
                .results()
                .filter(
                        match ->
                                !OF_A_HOST
                                        .getOrDefault(
                                                match.group(1),
                                                config.getProperty(match.group(1), "none"))
                                        .equals(match.group(2)))
                .map(match -> match.group())
                .toList();
    }

    static Properties config() {
        Properties config = new Properties();
        try (var in = Files.newBufferedReader(Path.of("config/application.properties"))) {
            config.load(in);
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
