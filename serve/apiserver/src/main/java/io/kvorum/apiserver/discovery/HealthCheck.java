package io.kvorum.apiserver.discovery;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that must be well.
 *
 * @param name as in {@code /readyz/NAME}
 * @param need what cannot be done while it is not
 * @param failure what is wrong now; empty when nothing is; must answer at once
 */
public record HealthCheck(String name, Need need, Supplier<Optional<String>> failure) {
    /** What a check stands in the way of. */
    public enum Need {
        /** Nothing can be answered. */
        EVERYTHING,
        /** Nothing can be changed; reads are answered. */
        WRITES
    }

    public static HealthCheck of(String name, String otherwise, Supplier<Boolean> isWell) {
        return new HealthCheck(name, Need.EVERYTHING, failure(otherwise, isWell));
    }

    /** A check that {@code mode=read} leaves out. */
    public static HealthCheck ofWrites(String name, String otherwise, Supplier<Boolean> isWell) {
        return new HealthCheck(name, Need.WRITES, failure(otherwise, isWell));
    }

    private static Supplier<Optional<String>> failure(String otherwise, Supplier<Boolean> isWell) {
        return () -> isWell.get() ? Optional.empty() : Optional.of(otherwise);
    }
}
