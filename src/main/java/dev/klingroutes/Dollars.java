package dev.klingroutes;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/**
 * An amount of money as settings and price lists write it: {@code 10}, {@code 0.42}, {@code $1.50}.
 *
 * @param millionths of a dollar
 */
public record Dollars(long millionths) implements Comparable<Dollars> {
    public static final Dollars NONE = new Dollars(0);

    private static final Pattern AMOUNT = Pattern.compile("\\$?(\\d{1,9}(\\.\\d{1,6})?)");
    private static final int DECIMALS = 6;

    /**
     * @throws IllegalArgumentException if it is no amount
     */
    public static Dollars of(String text) {
        var amount = AMOUNT.matcher(text.strip());
        if (!amount.matches()) {
            throw new IllegalArgumentException(
                    "it must be an amount of dollars such as 10 or 0.42");
        }
        return of(new BigDecimal(amount.group(1)));
    }

    /** Rounded up to a millionth. */
    public static Dollars of(BigDecimal dollars) {
        return new Dollars(
                dollars.movePointRight(DECIMALS).setScale(0, RoundingMode.UP).longValueExact());
    }

    public Dollars plus(Dollars other) {
        return new Dollars(Math.addExact(millionths, other.millionths));
    }

    /** With cents, and with more decimals only where there are any: 0.42, 0.378, 10.00. */
    public BigDecimal amount() {
        BigDecimal amount = BigDecimal.valueOf(millionths, DECIMALS).stripTrailingZeros();
        return amount.scale() < 2 ? amount.setScale(2) : amount;
    }

    @Override
    public int compareTo(Dollars other) {
        return Long.compare(millionths, other.millionths);
    }

    /** "$0.42" */
    @Override
    public String toString() {
        return "$" + amount().toPlainString();
    }
}
