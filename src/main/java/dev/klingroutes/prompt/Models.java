package dev.klingroutes.prompt;

import dev.klingroutes.CannotStart;
import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The models of models.yaml: ours, and those of the user's own file, which win. */
public final class Models {
    private static final String OWN = "kling.prompt.models";

    private final Map<String, Model> models = new LinkedHashMap<>();

    /**
     * Reads the shipped list and the file that {@code kling.prompt.models} names. Where that is
     * left at its default there need be none.
     *
     * @throws CannotStart naming the file, the model and the field that is wrong
     */
    public Models(Settings settings) {
        add(ModelFile.read("models.yaml", shipped()));
        if (settings.text(OWN).isEmpty()) {
            return;
        }
        Path own = settings.folder(OWN);
        if (Files.exists(own)) {
            try {
                add(ModelFile.read(own.toString(), Files.readString(own)));
            } catch (IOException e) {
                throw new CannotStart("The model list " + own + " cannot be read: " + e, e);
            }
        } else if (settings.isChanged(OWN)) {
            throw new CannotStart(
                    OWN
                            + ": there is no model list "
                            + own.toAbsolutePath()
                            + ". Put it there, or take the setting away.");
        }
    }

    /**
     * What the list says a request costs; empty if it does not know.
     *
     * @param request the provider's body
     */
    public Optional<Dollars> price(String kind, Map<String, ?> request) {
        return find(String.valueOf(request.get("model_name")))
                .filter(model -> model.kinds().contains(kind))
                .flatMap(model -> model.price(request));
    }

    /** Where the price of a request comes from, with its date. */
    String priceFrom(Map<String, ?> request) {
        return find(String.valueOf(request.get("model_name"))).map(Model::priceFrom).orElse("");
    }

    Optional<Model> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    Set<String> names() {
        return models.keySet();
    }

    /** The names of those that make videos of text and are so. */
    List<String> names(Predicate<Model> so) {
        return models.values().stream()
                .filter(model -> model.kinds().contains(Kind.TEXT_TO_VIDEO))
                .filter(so)
                .map(Model::name)
                .toList();
    }

    /** Every word that one of them has in such a list, each once. */
    List<String> words(Function<Model, Collection<String>> list) {
        return models.values().stream().map(list).flatMap(Collection::stream).distinct().toList();
    }

    private void add(ModelFile file) {
        if (file.replace()) {
            models.clear();
        }
        models.putAll(file.models());
    }

    private static String shipped() {
        try (InputStream in = Models.class.getResourceAsStream("/kling/models.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
