package io.kvorum.apiserver.discovery;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that must be well.
 *
 * @param name as in {@code /readyz/NAME}
 * @param failure what is wrong now; empty when nothing is; must answer at once
 */
public record HealthCheck(String name, Supplier<Optional<String>> failure) {
    public static HealthCheck of(String name, String otherwise, Supplier<Boolean> isWell) {
        return new HealthCheck(name, () -> isWell.get() ? Optional.empty() : Optional.of(otherwise));
    }
}
