package io.kvorum.model;

/** Checks that are always on. A violated one means that our own code is wrong. */
public final class Invariant {
    private Invariant() {}

    /** @throws Violated when the condition does not hold */
    public static void check(boolean holds, String format, Object... values) {
        if (!holds) {
            throw new Violated(format.formatted(values));
        }
    }

    /** Our own code is wrong; in the apply path this stops the process, since skipping an entry would fork history. */
    public static final class Violated extends IllegalStateException {
        Violated(String message) {
            super(message);
        }
    }
}
