package io.kvorum.simulation.linearizability;

import java.util.List;

/** What the checker found about a history. */
public sealed interface Finding<I, O> {
    /** @param order the calls in an order that explains all of them */
    record Linearizable<I, O>(List<Call<I, O>> order) implements Finding<I, O> {
        public Linearizable {
            order = List.copyOf(order);
        }
    }

    /**
     * No order explains the history.
     *
     * @param longest the longest explanation there is of a beginning of it
     * @param stuck the answered calls of which one had to come next and none could
     */
    record Violated<I, O>(List<Call<I, O>> longest, List<Call<I, O>> stuck) implements Finding<I, O> {
        public Violated {
            longest = List.copyOf(longest);
            stuck = List.copyOf(stuck);
        }
    }

    /** The search was given up: says nothing about the history. */
    record Undecided<I, O>(long steps) implements Finding<I, O> {}
}
