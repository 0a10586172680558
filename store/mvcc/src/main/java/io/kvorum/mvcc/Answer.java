package io.kvorum.mvcc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation brought, one alternative per kind of {@link Operation}. */
public sealed interface Answer {
    /** @param previous the key before, if asked for and there was one */
    record OfPut(@Nullable KeyValue previous) implements Answer {}

    /** @param deleted number of keys deleted */
    record OfDelete(long deleted, List<KeyValue> previous) implements Answer {
        public OfDelete {
            previous = List.copyOf(previous);
        }
    }

    /**
     * @param count number of keys in the range at that revision, whatever the limit
     * @param more whether the limit cut items off
     */
    record OfRange(List<KeyValue> items, long count, boolean more) implements Answer {
        public OfRange {
            items = List.copyOf(items);
        }
    }

    record OfTxn(boolean succeeded, List<Answer> answers) implements Answer {
        public OfTxn {
            answers = List.copyOf(answers);
        }
    }
}
