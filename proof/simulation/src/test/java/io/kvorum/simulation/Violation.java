package io.kvorum.simulation;

/** Something happened that must never happen. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String rule;

    Violation(String rule, String details) {
        super(rule + ": " + details);
        this.rule = rule;
    }

    String rule() {
        return rule;
    }

    static void unless(boolean holds, String rule, String format, Object... details) {
        if (!holds) {
            throw new Violation(rule, format.formatted(details));
        }
    }
}
