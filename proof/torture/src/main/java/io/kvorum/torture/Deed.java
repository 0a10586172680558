package io.kvorum.torture;

import io.kvorum.simulation.linearizability.Transactions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of one client: what was asked, and what was heard, once. Times are of this process's monotonic clock.
 *
 * @param group calls on keys of different groups have nothing to do with each other
 * @param life the host asked and which life of its process it was; empty when the process changed meanwhile
 * @param isSerializable may be answered from what the member has, however old
 * @param echo null when it is not known whether it happened
 */
record Deed(
        int client,
        String group,
        Optional<Life> life,
        boolean isSerializable,
        Transactions.Input input,
        long calledAt,
        @Nullable Echo echo,
        long answeredAt) {
    /** A member's process from its start to its end. */
    record Life(int host, int starts) {}

    /** What came back. */
    record Echo(long revision, boolean succeeded, List<Optional<Versioned>> values) {
        Echo {
            values = List.copyOf(values);
        }

        Transactions.Output output() {
            return new Transactions.Output(
                    succeeded,
                    values.stream().map(each -> each.map(Versioned::value)).toList());
        }
    }

    /** A value and the revision that wrote it. */
    record Versioned(String value, long modRevision) {}

    boolean isWrite() {
        return !input.writes().isEmpty();
    }
}
