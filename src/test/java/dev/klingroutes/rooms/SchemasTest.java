package dev.klingroutes.rooms;

import static dev.klingroutes.rooms.House.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.klingroutes.sandbox.Sandbox;
import dev.klingroutes.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/schema says of the files for people is what the rooms write. */
class SchemasTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema SIDECAR = schema("sidecar");
    private static final JsonSchema ERROR = schema("error");

    @TempDir Path home;
    private Sandbox sandbox;
    private House house;

    @BeforeEach
    void open() throws Exception {
        sandbox = Sandbox.start(SandboxSettings.defaults().withRender(Duration.ofMillis(50)));
        house = new House(home, sandbox).open();
    }

    @AfterEach
    void close() {
        house.close();
        sandbox.close();
    }

    @Test
    void the_sidecar_of_one_video_and_of_two() throws Exception {
        house.drop("cat.txt", "a cat");
        house.drop("dogs.json", "[{\"prompt\":\"a dog [two]\",\"mode\":\"pro\"}]");
        soon(() -> assertThat(files("outbox", ".json")).hasSize(2));

        List<JsonNode> sidecars = files("outbox", ".json");
        assertThat(sidecars).hasSize(2);
        assertThat(sidecars).allSatisfy(file -> assertThat(faults(SIDECAR, file)).isEmpty());
        assertThat(sidecars).anySatisfy(file -> assertThat(file.get("videos")).hasSize(2));
        assertThat(sidecars).allSatisfy(file -> everyFieldIsDescribed(file, "sidecar", "videos"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create.1301", "task.fail", "create.lose-reply,lookup.not-found"})
    void the_error_file_of_a_task(String faults) throws Exception {
        sandbox.misbehave(faults);
        house.drop("cat.txt", "a cat");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());

        JsonNode file = files("failed", ".error.json").get(0);
        assertThat(faults(ERROR, file)).isEmpty();
        everyFieldIsDescribed(file, "error");
    }

    @Test
    void the_error_file_of_a_refused_drop() throws Exception {
        house.drop("cat.json", "{\"prompt\":\"a cat\",\"mood\":\"std\",\"duration\":99}");
        soon(() -> assertThat(house.failed("cat.error.json")).exists());

        JsonNode file = files("failed", ".error.json").get(0);
        assertThat(file.get("state").textValue()).isEqualTo("REFUSED");
        assertThat(faults(ERROR, file)).isEmpty();
        everyFieldIsDescribed(file, "error");
    }

    @Test
    void a_wrong_one_is_seen_and_a_later_addition_is_not_wrong() throws Exception {
        house.drop("cat.txt", "a cat");
        house.drop("dog.json", "{\"prompt\":\"a dog\",\"mood\":1}");
        soon(() -> assertThat(house.outbox("cat.json")).exists());
        soon(() -> assertThat(house.failed("dog.error.json")).exists());
        JsonNode sidecar = files("outbox", ".json").get(0);
        JsonNode error = files("failed", ".error.json").get(0);

        assertThat(with(SIDECAR, sidecar, file -> file.put("later", 1))).isEmpty();
        assertThat(with(ERROR, error, file -> file.put("later", 1))).isEmpty();
        for (String field : List.of("task", "task_id", "provider", "request", "times", "videos")) {
            assertThat(with(SIDECAR, sidecar, file -> file.remove(field))).isNotEmpty();
        }
        assertThat(with(SIDECAR, sidecar, file -> file.put("schema", "other/1"))).isNotEmpty();
        assertThat(with(SIDECAR, sidecar, file -> file.put("looks", "3"))).isNotEmpty();
        assertThat(with(SIDECAR, sidecar, file -> file.putArray("videos"))).isNotEmpty();
        assertThat(
                        with(
                                SIDECAR,
                                sidecar,
                                file ->
                                        ((ObjectNode) file.get("videos").get(0))
                                                .put("sha256", "x")))
                .isNotEmpty();
        for (String field : List.of("schema", "state", "code", "what_to_do", "faults")) {
            assertThat(with(ERROR, error, file -> file.remove(field))).isNotEmpty();
        }
        assertThat(with(ERROR, error, file -> file.put("state", "LOST"))).isNotEmpty();
        assertThat(with(ERROR, error, file -> file.put("state", "FAILED"))).isNotEmpty();
    }

    private static Set<String> with(JsonSchema schema, JsonNode file, Consumer<ObjectNode> change) {
        ObjectNode changed = file.deepCopy();
        change.accept(changed);
        return faults(schema, changed);
    }

    private static Set<String> faults(JsonSchema schema, JsonNode file) {
        Set<String> all = new TreeSet<>();
        schema.validate(file).forEach(fault -> all.add(fault.toString()));
        return all;
    }

    /** Or a field could come and never be told of. */
    private static void everyFieldIsDescribed(JsonNode file, String name, String... inner)
            throws IOException {
        JsonNode told = JSON.readTree(Path.of("docs/schema/" + name + ".schema.json").toFile());
        Set<String> described = new TreeSet<>();
        for (String where : List.of("/properties", "/then/properties", "/else/properties")) {
            for (Map.Entry<String, JsonNode> field : told.at(where).properties()) {
                described.add(field.getKey());
                JsonNode words = field.getValue();
                assertThat(words.has("description") || words.has("type"))
                        .as(field.getKey())
                        .isTrue();
            }
        }
        assertThat(described).containsAll(names(file));
        for (String list : inner) {
            assertThat(names(told.at("/properties/" + list + "/items/properties")))
                    .containsAll(names(file.get(list).get(0)));
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> all = new TreeSet<>();
        object.fieldNames().forEachRemaining(all::add);
        return all;
    }

    private List<JsonNode> files(String folder, String suffix) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String name : house.files(folder)) {
            if (name.endsWith(suffix)) {
                all.add(JSON.readTree(Files.readString(home.resolve(folder).resolve(name))));
            }
        }
        return all;
    }

    private static JsonSchema schema(String name) {
        try {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Files.readString(Path.of("docs/schema/" + name + ".schema.json")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
