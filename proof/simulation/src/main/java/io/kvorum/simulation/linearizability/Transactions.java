package io.kvorum.simulation.linearizability;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Several keys that are read and written together if all of some keys hold what is expected. */
public final class Transactions implements Model<SortedMap<String, String>, Transactions.Input, Transactions.Output> {
    /**
     * A transaction: the writes happen if every key expected holds its value; then the reads, either way.
     *
     * @param expected keys with the value each must hold; an empty one must be missing
     * @param writes keys with their new values; an empty one is deleted
     * @param reads keys to read, after the writes
     */
    public record Input(
            Map<String, Optional<String>> expected, Map<String, Optional<String>> writes, List<String> reads) {
        public Input {
            expected = Collections.unmodifiableMap(new TreeMap<>(expected));
            writes = Collections.unmodifiableMap(new TreeMap<>(writes));
            reads = List.copyOf(reads);
        }
    }

    /** @param values what was read, in the order asked */
    public record Output(boolean succeeded, List<Optional<String>> values) {
        public Output {
            values = List.copyOf(values);
        }
    }

    @Override
    public SortedMap<String, String> initial() {
        return Collections.emptySortedMap();
    }

    @Override
    public Step<SortedMap<String, String>, Output> step(SortedMap<String, String> state, Input input) {
        boolean succeeded = input.expected().entrySet().stream()
                .allMatch(each -> Optional.ofNullable(state.get(each.getKey())).equals(each.getValue()));
        SortedMap<String, String> after = succeeded ? written(state, input.writes()) : state;
        List<Optional<String>> values = input.reads().stream()
                .map(key -> Optional.ofNullable(after.get(key)))
                .toList();
        return new Step<>(after, new Output(succeeded, values));
    }

    private static SortedMap<String, String> written(
            SortedMap<String, String> state, Map<String, Optional<String>> writes) {
        if (writes.isEmpty()) {
            return state;
        }
        TreeMap<String, String> after = new TreeMap<>(state);
        writes.forEach(
                (key, value) -> value.ifPresentOrElse(present -> after.put(key, present), () -> after.remove(key)));
        return Collections.unmodifiableSortedMap(after);
    }
}
