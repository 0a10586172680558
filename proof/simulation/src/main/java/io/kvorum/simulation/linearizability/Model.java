package io.kvorum.simulation.linearizability;

/**
 * What a thing does when it is asked one thing at a time. Without state of its own; states are immutable values with
 * equality.
 */
public interface Model<S, I, O> {
    S initial();

    Step<S, O> step(S state, I input);

    /** What an input does in a state. */
    record Step<S, O>(S state, O output) {}
}
