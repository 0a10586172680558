package io.kvorum.simulation.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * One thing a client asked for and what it heard. Times are of any unit, as long as all calls share one clock. A call
 * that surely did nothing (it was refused) belongs in no history.
 *
 * @param output null when the client never learnt how it ended: it may have happened at any time since, or never
 * @param answeredAt when the client learnt it; not looked at without an output
 */
public record Call<I, O>(I input, @Nullable O output, long calledAt, long answeredAt) {
    public Call {
        if (output != null && answeredAt < calledAt) {
            throw new IllegalArgumentException(
                    "a call made at %d cannot be answered at %d".formatted(calledAt, answeredAt));
        }
    }

    public static <I, O> Call<I, O> unanswered(I input, long calledAt) {
        return new Call<>(input, null, calledAt, Long.MAX_VALUE);
    }

    boolean isAnswered() {
        return output != null;
    }

    long end() {
        return output == null ? Long.MAX_VALUE : answeredAt;
    }
}
