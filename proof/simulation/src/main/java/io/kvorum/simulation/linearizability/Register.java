package io.kvorum.simulation.linearizability;

import java.util.Objects;
import java.util.Optional;

/** One key that is read, written, deleted, and written if it holds something expected; an empty value means no key. */
public final class Register implements Model<Optional<String>, Register.Input, Register.Output> {
    /** What is asked of it. */
    public sealed interface Input {
        record Read() implements Input {}

        /** @param value empty deletes */
        record Write(Optional<String> value) implements Input {}

        record WriteIf(Optional<String> expected, String value) implements Input {}
    }

    /** What it answers. */
    public sealed interface Output {
        record Value(Optional<String> value) implements Output {}

        record Written() implements Output {}

        record Compared(boolean isEqual) implements Output {}
    }

    @Override
    public Optional<String> initial() {
        return Optional.empty();
    }

    @Override
    public Step<Optional<String>, Output> step(Optional<String> state, Input input) {
        return switch (input) {
            case Input.Read ignored -> new Step<>(state, new Output.Value(state));
            case Input.Write write -> new Step<>(write.value(), new Output.Written());
            case Input.WriteIf write -> {
                boolean isEqual = Objects.equals(state, write.expected());
                yield new Step<>(isEqual ? Optional.of(write.value()) : state, new Output.Compared(isEqual));
            }
        };
    }
}
