package dev.klingroutes.provider;

import dev.klingroutes.Dollars;
import dev.klingroutes.Settings;
import dev.klingroutes.task.Move;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What the provider says it took ({@code final_unit_deduction} of Kling's task query). Through a
 * gateway that may be the gateway's bill and not ours: it is shown, and counts only where a price
 * for its unit is set.
 */
final class Bill {
    private static final String AMOUNT = "\\d{1,6}(\\.\\d{1,6})?";

    private final Optional<Dollars> unitPrice;

    /** Reads {@code kling.budget.unit-price}. */
    Bill(Settings settings) {
        unitPrice = settings.dollars("kling.budget.unit-price");
    }

    /** Writes what was taken, and what that means for the budgets. */
    Move on(Move move, Reply reply) {
        String units = reply.deduction();
        if (unitPrice.isPresent() && units != null && units.matches(AMOUNT)) {
            move.cost(Dollars.of(unitPrice.get().amount().multiply(new BigDecimal(units))));
        }
        return move.deduction(units);
    }
}
