package dev.klingroutes.prompt;

import dev.klingroutes.Dollars;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What would be bought of a dropped file.
 *
 * @param prompts in the order of the file, those that would be refused among them
 * @param notes what a person should know of them together, for instance that they would pass the
 *     budget of a day
 */
public record Plan(List<Planned> prompts, List<String> notes) {
    /**
     * One prompt.
     *
     * @param request as it would be sent, without the id that we give it
     * @param estimate empty: the price list does not know
     * @param price where the price comes from, with its date; "unknown" if it does not come
     * @param refusal why it would not be bought; null if it would
     */
    public record Planned(
            String name,
            String kind,
            Map<String, Object> request,
            Optional<Dollars> estimate,
            String price,
            String refusal) {}

    /** Those that would not be refused. */
    public List<Planned> bought() {
        return prompts.stream().filter(prompt -> prompt.refusal() == null).toList();
    }

    /** What they would cost together, without those refused; empty if one price is not known. */
    public Optional<Dollars> total() {
        return bought().stream().allMatch(prompt -> prompt.estimate().isPresent())
                ? Optional.of(known())
                : Optional.empty();
    }

    /** The same, for as far as the prices are known. */
    Dollars known() {
        return bought().stream()
                .map(prompt -> prompt.estimate().orElse(null))
                .filter(Objects::nonNull)
                .reduce(Dollars.NONE, Dollars::plus);
    }
}
