package io.kvorum.simulation;

import org.jspecify.annotations.Nullable;

/** How a call of a client ended. */
sealed interface Outcome<T> {
    record Answered<T>(T answer) implements Outcome<T> {}

    record Failed<T>(RuntimeException failure) implements Outcome<T> {}

    /** The member went down, or the answer was lost on the way. */
    record Silence<T>() implements Outcome<T> {}

    default @Nullable T answer() {
        return this instanceof Answered<T> answered ? answered.answer() : null;
    }
}
