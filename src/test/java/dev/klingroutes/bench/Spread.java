package dev.klingroutes.bench;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Values of the same thing: the one in the middle, and how far they lie apart. */
record Spread(List<Double> sorted) {
    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new Spread(values.stream().sorted().toList());
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double min() {
        return sorted.get(0);
    }

    double max() {
        return sorted.get(sorted.size() - 1);
    }

    double mean() {
        return sorted.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    /** What 95 of 100 do not exceed. */
    double p95() {
        return sorted.get((int) Math.ceil(sorted.size() * 0.95) - 1);
    }

    /** {@code 1,008 (670–1,373)}; a single value stands alone. */
    @Override
    public String toString() {
        return sorted.size() == 1
                ? shown(median())
                : "%s (%s–%s)".formatted(shown(median()), shown(min()), shown(max()));
    }

    private static String shown(double value) {
        int digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }
}
