package io.kvorum.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource, such as {@code 100m}, {@code 1Gi} or {@code 1e3}; immutable, any thread. Equality and order
 * look at the amount alone; the format only decides how it is written.
 *
 * <p>Like upstream it knows nothing smaller than a billionth (rounded away from zero) and nothing larger than 2^63-1.
 */
public record Quantity(BigDecimal amount, Format format) implements Comparable<Quantity> {
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int SMALLEST_SCALE = 9;
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final String BINARY_SUFFIXES = "KMGTPE";
    private static final int UNIT_INDEX = DECIMAL_SUFFIXES.indexOf(' ');

    // Below the constants that its constructor reads.
    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI);

    /** How it is written. */
    public enum Format {
        /** {@code 1500m}, {@code 5M} */
        DECIMAL_SI,
        /** {@code 1536Mi} */
        BINARY_SI,
        /** {@code 12e6} */
        DECIMAL_EXPONENT
    }

    public Quantity {
        if (amount.scale() > SMALLEST_SCALE) {
            amount = amount.setScale(SMALLEST_SCALE, RoundingMode.UP);
        }
        if (amount.compareTo(LARGEST) > 0) {
            amount = LARGEST;
        }
        amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }

    /** The text is no quantity; the message is the one upstream's clients know. */
    public static final class Malformed extends IllegalArgumentException {
        private final String problem;

        Malformed(String problem) {
            super(problem);
            this.problem = problem;
        }

        public String problem() {
            return problem;
        }

        static Malformed shape() {
            return new Malformed(
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }

        static Malformed suffix() {
            return new Malformed("unable to parse quantity's suffix");
        }
    }

    public static Quantity of(long units) {
        return new Quantity(BigDecimal.valueOf(units), Format.DECIMAL_SI);
    }

    public static Quantity ofMilli(long thousandths) {
        return new Quantity(BigDecimal.valueOf(thousandths, 3), Format.DECIMAL_SI);
    }

    public static Quantity ofBytes(long bytes) {
        return new Quantity(BigDecimal.valueOf(bytes), Format.BINARY_SI);
    }

    /** @throws Malformed with upstream's text when it is no quantity */
    public static Quantity parse(String text) {
        int end = numberEnd(text);
        BigDecimal number = number(text.substring(0, end));
        String suffix = text.substring(end);
        if (suffix.length() > 1 && (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E')) {
            return new Quantity(number.scaleByPowerOfTen(exponent(suffix.substring(1))), Format.DECIMAL_EXPONENT);
        }
        if (suffix.length() == 2 && suffix.charAt(1) == 'i') {
            return binary(number, suffix.charAt(0));
        }
        return new Quantity(number.scaleByPowerOfTen(decimalExponent(suffix)), Format.DECIMAL_SI);
    }

    private static int numberEnd(String text) {
        int at = !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static BigDecimal number(String digits) {
        boolean hasDigit = digits.chars().anyMatch(c -> isDigit((char) c));
        if (!hasDigit || digits.indexOf('.') != digits.lastIndexOf('.')) {
            throw Malformed.shape();
        }
        return new BigDecimal(digits);
    }

    private static int exponent(String digits) {
        String unsigned = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
        // Four digits reach far beyond what any amount can be; more would only make huge intermediate numbers.
        if (unsigned.isEmpty() || unsigned.length() > 4 || !unsigned.chars().allMatch(c -> isDigit((char) c))) {
            throw Malformed.suffix();
        }
        return Integer.parseInt(digits);
    }

    private static Quantity binary(BigDecimal number, char unit) {
        int power = BINARY_SUFFIXES.indexOf(unit) + 1;
        if (power == 0) {
            throw Malformed.suffix();
        }
        return new Quantity(number.multiply(KIBI.pow(power)), Format.BINARY_SI);
    }

    private static int decimalExponent(String suffix) {
        if (suffix.isEmpty()) {
            return 0;
        }
        int index = suffix.length() == 1 ? DECIMAL_SUFFIXES.indexOf(suffix) : -1;
        if (index < 0 || index == UNIT_INDEX) {
            throw suffix.chars().allMatch(c -> "eEinumkKMGTP+-0123456789".indexOf(c) >= 0)
                    ? Malformed.suffix()
                    : Malformed.shape();
        }
        return (index - UNIT_INDEX) * 3;
    }

    /** In whole units, rounded away from zero; what does not fit becomes the nearest long. */
    public long units() {
        return scaled(0);
    }

    /** In thousandths, rounded away from zero: how CPU is counted. */
    public long milliUnits() {
        return scaled(3);
    }

    private long scaled(int powerOfTen) {
        BigInteger whole = amount.scaleByPowerOfTen(powerOfTen)
                .setScale(0, RoundingMode.UP)
                .toBigInteger();
        if (whole.bitLength() < Long.SIZE) {
            return whole.longValue();
        }
        return whole.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    /** The sum, in this one's format (the other's when this is zero). */
    public Quantity plus(Quantity other) {
        return new Quantity(amount.add(other.amount), isZero() ? other.format : format);
    }

    public Quantity minus(Quantity other) {
        return new Quantity(amount.subtract(other.amount), isZero() ? other.format : format);
    }

    public Quantity negated() {
        return new Quantity(amount.negate(), format);
    }

    public boolean isZero() {
        return amount.signum() == 0;
    }

    public boolean isNegative() {
        return amount.signum() < 0;
    }

    @Override
    public int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Quantity that && amount.equals(that.amount);
    }

    @Override
    public int hashCode() {
        return amount.hashCode();
    }

    /** The canonical form: no fraction, the largest suffix that keeps it exact. */
    @Override
    public String toString() {
        if (isZero()) {
            return "0";
        }
        return switch (format) {
            case BINARY_SI -> isBinaryExact() ? binaryText() : decimalText(false);
            case DECIMAL_SI -> decimalText(false);
            case DECIMAL_EXPONENT -> decimalText(true);
        };
    }

    private boolean isBinaryExact() {
        return amount.scale() <= 0 && amount.abs().compareTo(KIBI) >= 0;
    }

    private String binaryText() {
        BigInteger mantissa = amount.toBigIntegerExact();
        int power = 0;
        while (power < BINARY_SUFFIXES.length() && mantissa.getLowestSetBit() >= 10) {
            mantissa = mantissa.shiftRight(10);
            power++;
        }
        return power == 0 ? mantissa.toString() : mantissa.toString() + BINARY_SUFFIXES.charAt(power - 1) + "i";
    }

    private String decimalText(boolean asExponent) {
        int exponent = Math.floorDiv(-amount.scale(), 3) * 3;
        String mantissa =
                amount.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
        if (exponent == 0) {
            return mantissa;
        }
        return asExponent ? mantissa + "e" + exponent : mantissa + DECIMAL_SUFFIXES.charAt(UNIT_INDEX + exponent / 3);
    }
}
