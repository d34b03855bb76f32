package dev.klingroutes.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every kamelet keeps to: the rules of the official catalogue's own validator, and some of
 * ours. Each with an example that breaks it.
 */
enum KameletRule {
    IT_IS_A_KAMELET(KameletRule::kind, "kind: Kamelet", "kind: Camelet"),
    FILE_AND_NAME_ARE_ONE_AND_OURS(KameletRule::named, "name: kling-x-action", "name: x-action"),
    NAME_TITLE_AND_LABEL_SAY_ITS_TYPE(KameletRule::typed, "title: X Action", "title: X"),
    IT_SAYS_WHERE_IT_BELONGS(KameletRule::annotated, "group: \"Kling\"", "group: \"\""),
    ITS_ICON_IS_A_SMALL_PICTURE(KameletRule::icon, "svg+xml;base64,PHN2", "svg+xml;base64,AAAA"),
    IT_DESCRIBES_ITSELF(KameletRule::described, "description: Does x.", "description: does x"),
    EVERY_PROPERTY_IS_TOLD(KameletRule::told, "title: API Key", "title: The API key"),
    EVERY_PROPERTY_HAS_A_DEFAULT_OR_AN_EXAMPLE(
            KameletRule::exemplified, "example: 12ab", "examples: 12ab"),
    EVERY_SECRET_IS_MARKED(KameletRule::secret, "group:credentials", "group:common"),
    WHAT_IS_REQUIRED_IS_DECLARED_AND_HAS_NO_DEFAULT(
            KameletRule::required, "required:\n      - apiKey", "required:\n      - apiKeys"),
    WHAT_IS_DECLARED_IS_USED_AND_THE_OTHER_WAY_ROUND(
            KameletRule::used, "x-{{apiKey}}", "x-{{apyKey}}"),
    EVERY_COMPONENT_IS_A_DEPENDENCY(KameletRule::dependencies, "camel:http", "camel:https"),
    IT_BEGINS_OR_ENDS_AT_THE_HOSTS_ROUTE(
            KameletRule::doors, "uri: kamelet:source", "uri: direct:source"),
    ITS_BEANS_ARE_OURS(KameletRule::beans, "name: klingX", "name: x"),
    NO_QUERY_IN_AN_ADDRESS(KameletRule::queries, "uri: https://x", "uri: https://x?a=b"),
    VALID_FOR_CAMELS_SCHEMA(KameletRule::valid, "ref: \"{{klingX}}\"", "reff: \"{{klingX}}\"");

    private static final String GOOD =
            """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: kling-x-action
              annotations:
                camel.apache.org/kamelet.support.level: "Preview"
                camel.apache.org/catalog.version: "4.18.0"
                camel.apache.org/kamelet.icon: "data:image/svg+xml;base64,PHN2Zy8+"
                camel.apache.org/provider: "Kling Routes"
                camel.apache.org/kamelet.group: "Kling"
                camel.apache.org/kamelet.namespace: "AI"
              labels:
                camel.apache.org/kamelet.type: action
            spec:
              definition:
                title: X Action
                description: Does x.
                required:
                  - apiKey
                type: object
                properties:
                  apiKey:
                    title: API Key
                    description: The key.
                    type: string
                    format: password
                    example: 12ab
                    x-descriptors:
                      - urn:camel:group:credentials
              dependencies:
                - "camel:core"
                - "camel:http"
                - "camel:kamelet"
              template:
                beans:
                  - name: klingX
                    type: java.lang.Object
                from:
                  uri: kamelet:source
                  steps:
                    - process:
                        ref: "{{klingX}}"
                    - setHeader:
                        name: KlingX
                        expression:
                          simple:
                            expression: "x-{{apiKey}}"
                    - to:
                        uri: https://x
            """;

    private static final String POM = pom();
    private static final Set<String> SMALL =
            Set.of(
                    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the",
                    "to");
    private static final Pattern SECRET =
            Pattern.compile("(?i).*(api_?key|access_?key|password|secret|token)");
    private static final int LARGEST_ICON = 2000;

    private final Function<Kamelet, List<String>> faults;
    private final String[] change;

    KameletRule(Function<Kamelet, List<String>> faults, String... change) {
        this.faults = faults;
        this.change = change;
    }

    /** What is wrong with the kamelet, empty if nothing is. */
    List<String> faults(Kamelet kamelet) {
        return faults.apply(kamelet);
    }

    static Kamelet goodExample() {
        return Kamelet.of("kling-x-action.kamelet.yaml", GOOD);
    }

    Kamelet wrongExample() {
        if (!GOOD.contains(change[0])) {
            throw new AssertionError("nothing to change for " + this);
        }
        return Kamelet.of("kling-x-action.kamelet.yaml", GOOD.replace(change[0], change[1]));
    }

    private static List<String> kind(Kamelet kamelet) {
        return unless(
                "camel.apache.org/v1".equals(kamelet.yaml().get("apiVersion"))
                        && "Kamelet".equals(kamelet.yaml().get("kind")),
                "it is no Kamelet of camel.apache.org/v1");
    }

    private static List<String> named(Kamelet kamelet) {
        return unless(
                kamelet.fileName().equals(kamelet.name() + ".kamelet.yaml")
                        && kamelet.name().matches("kling(-[a-z0-9]+)+"),
                kamelet.name() + " in " + kamelet.fileName());
    }

    private static List<String> typed(Kamelet kamelet) {
        String type = kamelet.type();
        String title = String.valueOf(kamelet.definition().get("title"));
        boolean known = Set.of("source", "sink", "action").contains(type);
        return unless(
                known
                        && kamelet.name().endsWith("-" + type)
                        && title.endsWith(
                                " " + type.substring(0, 1).toUpperCase() + type.substring(1)),
                kamelet.name() + ", " + title + ", " + type);
    }

    private static List<String> annotated(Kamelet kamelet) {
        List<String> faults = new ArrayList<>();
        for (String name : List.of("provider", "kamelet.group", "kamelet.namespace")) {
            if (kamelet.annotation(name).isBlank()) {
                faults.add(name);
            }
        }
        if (!Set.of("Stable", "Preview").contains(kamelet.annotation("kamelet.support.level"))) {
            faults.add("kamelet.support.level");
        }
        if (!kamelet.annotation("catalog.version").equals(inPom("camel.version"))) {
            faults.add("catalog.version");
        }
        return faults;
    }

    private static List<String> icon(Kamelet kamelet) {
        String icon = kamelet.annotation("kamelet.icon");
        String prefix = "data:image/svg+xml;base64,";
        if (!icon.startsWith(prefix) || icon.length() > LARGEST_ICON) {
            return List.of("no small SVG");
        }
        byte[] bytes = Base64.getDecoder().decode(icon.substring(prefix.length()));
        return unless(new String(bytes, StandardCharsets.UTF_8).startsWith("<svg"), "no SVG");
    }

    private static List<String> described(Kamelet kamelet) {
        Map<String, Object> definition = kamelet.definition();
        return unless(
                "object".equals(definition.get("type")) && sentence(definition.get("description")),
                "definition: " + definition.get("description"));
    }

    private static List<String> told(Kamelet kamelet) {
        List<String> faults = new ArrayList<>();
        kamelet.properties()
                .forEach(
                        (name, node) -> {
                            Map<String, Object> property = Kamelet.map(node);
                            if (!title(String.valueOf(property.get("title")))) {
                                faults.add(name + " is titled " + property.get("title"));
                            }
                            if (!sentence(property.get("description"))) {
                                faults.add(name + " is described " + property.get("description"));
                            }
                            if (!(property.get("type") instanceof String)) {
                                faults.add(name + " has no type");
                            }
                            if (!name.matches("[a-z][A-Za-z0-9]*")) {
                                faults.add(name + " is not in camel case");
                            }
                        });
        return faults;
    }

    private static boolean sentence(Object text) {
        return text instanceof String words && words.strip().matches("(?s)[A-Z`].*[.)]");
    }

    private static boolean title(String title) {
        if (title.isBlank() || title.matches("(The|An?) .*")) {
            return false;
        }
        for (String word : title.split(" ")) {
            if (!SMALL.contains(word) && !Character.isUpperCase(word.charAt(0))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> exemplified(Kamelet kamelet) {
        return kamelet.properties().entrySet().stream()
                .filter(
                        property ->
                                !Kamelet.map(property.getValue()).containsKey("default")
                                        && !Kamelet.map(property.getValue()).containsKey("example"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> secret(Kamelet kamelet) {
        List<String> faults = new ArrayList<>();
        kamelet.properties()
                .forEach(
                        (name, node) -> {
                            Map<String, Object> property = Kamelet.map(node);
                            boolean password = "password".equals(property.get("format"));
                            boolean marked =
                                    Kamelet.list(property.get("x-descriptors"))
                                            .contains("urn:camel:group:credentials");
                            if ((password || SECRET.matcher(name).matches())
                                    && !(password && marked)) {
                                faults.add(name + " is a secret");
                            }
                        });
        return faults;
    }

    private static List<String> required(Kamelet kamelet) {
        return Kamelet.list(kamelet.definition().get("required")).stream()
                .map(String::valueOf)
                .filter(
                        name ->
                                !kamelet.properties().containsKey(name)
                                        || Kamelet.map(kamelet.properties().get(name))
                                                .containsKey("default"))
                .toList();
    }

    private static List<String> used(Kamelet kamelet) {
        List<String> faults = new ArrayList<>();
        Set<String> used = kamelet.parameters();
        List<String> declared = new ArrayList<>(kamelet.properties().keySet());
        declared.addAll(kamelet.beans());
        declared.stream()
                .filter(name -> !used.contains(name))
                .forEach(name -> faults.add(name + " is never used"));
        used.stream()
                .filter(name -> !declared.contains(name))
                .forEach(name -> faults.add(name + " is not declared"));
        return faults;
    }

    private static List<String> dependencies(Kamelet kamelet) {
        List<String> faults = new ArrayList<>();
        String ours = "mvn:dev.klingroutes:kling-routes:" + version();
        for (Object dependency : kamelet.dependencies()) {
            if (!dependency.toString().matches("camel:[a-z0-9-]+") && !dependency.equals(ours)) {
                faults.add(dependency.toString());
            }
        }
        if (kamelet.text().contains("dev.klingroutes.host.")
                && !kamelet.dependencies().contains(ours)) {
            faults.add(ours + " is missing");
        }
        for (String address : kamelet.addresses()) {
            String scheme = address.replaceFirst(":.*", "").replace("https", "http");
            if (!scheme.contains("{") && !kamelet.dependencies().contains("camel:" + scheme)) {
                faults.add("camel:" + scheme + " is missing");
            }
        }
        return faults;
    }

    private static List<String> doors(Kamelet kamelet) {
        String from = String.valueOf(Kamelet.map(kamelet.template().get("from")).get("uri"));
        boolean source = kamelet.type().equals("source");
        return unless(
                source
                        ? kamelet.addresses().contains("kamelet:sink")
                        : from.equals("kamelet:source"),
                "it comes from " + from);
    }

    private static List<String> beans(Kamelet kamelet) {
        return kamelet.beans().stream().filter(name -> !name.startsWith("kling")).toList();
    }

    private static List<String> queries(Kamelet kamelet) {
        return kamelet.addresses().stream()
                .filter(address -> address.replaceAll("\\{\\{.*?}}", "").contains("?"))
                .toList();
    }

    private static List<String> valid(Kamelet kamelet) {
        Map<String, Object> template =
                new LinkedHashMap<>(Kamelet.map(filled(kamelet, kamelet.template())));
        template.put("id", kamelet.name());
        return Camel.SCHEMA
                .validate(
                        new ObjectMapper().valueToTree(List.of(Map.of("routeTemplate", template))))
                .stream()
                .map(Object::toString)
                .toList();
    }

    /** With the defaults where numbers and truths come from parameters: they are text till then. */
    private static Object filled(Kamelet kamelet, Object node) {
        if (node instanceof String text && text.matches("\\{\\{\\w+}}")) {
            Object value =
                    Kamelet.map(kamelet.properties().get(text.replaceAll("\\W", "")))
                            .get("default");
            return value == null || value instanceof String ? text : value;
        }
        if (node instanceof Map<?, ?> fields) {
            Map<Object, Object> all = new LinkedHashMap<>();
            // an expression is text whatever it says
            fields.forEach(
                    (name, value) ->
                            all.put(
                                    name,
                                    name.equals("expression") && value instanceof String
                                            ? value
                                            : filled(kamelet, value)));
            return all;
        }
        return node instanceof List<?> list
                ? list.stream().map(one -> filled(kamelet, one)).toList()
                : node;
    }

    private static final class Camel {
        static final JsonSchema SCHEMA = schema();

        private static JsonSchema schema() {
            try (InputStream in =
                    KameletRule.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
                return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<String> unless(boolean right, String fault) {
        return right ? List.of() : List.of(fault);
    }

    private static String version() {
        Matcher first = Pattern.compile("<version>([^<]+)</version>").matcher(POM);
        if (!first.find()) {
            throw new AssertionError("no version in the pom");
        }
        return first.group(1);
    }

    private static String inPom(String property) {
        Matcher found = Pattern.compile("<%1$s>([^<]+)</%1$s>".formatted(property)).matcher(POM);
        if (!found.find()) {
            throw new AssertionError("no " + property + " in the pom");
        }
        return found.group(1);
    }

    private static String pom() {
        try {
            return Files.readString(Path.of("pom.xml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
