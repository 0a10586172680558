package io.kvorum.registry;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Fence;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.registry.ValueSeal.Sealed;
import io.kvorum.registry.cache.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Single objects in the store: read, and written only if nobody wrote in between. Any thread. */
final class Transactions {
    private static final Sealed NOTHING = new Sealed(Bytes.EMPTY, List.of());
    /** The cluster's keys change a few times in a row at most. */
    private static final int SEAL_TRIES = 10;

    private final Store store;
    private final ValueSeal seal;

    Transactions(Store store, ValueSeal seal) {
        this.store = store;
        this.seal = seal;
    }

    /** What a guarded write brought. */
    sealed interface Outcome {
        record Written(Revision revision) implements Outcome {}

        /** @param current null when there is no such object */
        record Raced(@Nullable StoredObject current) implements Outcome {}
    }

    /**
     * A write that holds only if the object still stands where it was read.
     *
     * @param expected {@link Revision#ZERO} for "there is none"
     * @param value null to delete
     */
    record Write(Key key, Revision expected, @Nullable Bytes value, Reservation reservation) {}

    @Nullable
    StoredObject read(Key key, Consistency consistency) {
        List<KeyValue> items = store.range(new Operation.Range(KeyRange.single(key)), consistency)
                .answer()
                .items();
        return items.isEmpty() ? null : stored(items.getFirst());
    }

    Outcome write(Write write, @Nullable Fence fence) {
        for (int tries = 1; ; tries++) {
            Sealed sealed = write.value == null ? NOTHING : seal.seal(write.key, write.value);
            Outcome outcome = write(write, sealed, fence);
            boolean isFinal =
                    outcome instanceof Outcome.Written || sealed.compares().isEmpty() || tries >= SEAL_TRIES;
            if (isFinal || !seal.isOutdated(sealed)) {
                return outcome;
            }
        }
    }

    private Outcome write(Write write, Sealed sealed, @Nullable Fence fence) {
        List<Compare> compares = new ArrayList<>();
        compares.add(Compare.isModifiedAt(write.key, write.expected));
        compares.addAll(sealed.compares());
        compares.addAll(write.reservation.compares());
        List<Operation> success = new ArrayList<>();
        success.add(
                write.value == null
                        ? new Operation.DeleteRange(KeyRange.single(write.key), false)
                        : new Operation.Put(write.key, sealed.value()));
        success.addAll(write.reservation.writes());
        List<Operation> failure = List.of(new Operation.Range(KeyRange.single(write.key)));
        var answered = store.txn(new Operation.Txn(compares, success, failure), fence);
        if (answered.answer().succeeded()) {
            return new Outcome.Written(answered.revision());
        }
        return new Outcome.Raced(
                answered.answer().answers().getFirst() instanceof Answer.OfRange range
                                && !range.items().isEmpty()
                        ? stored(range.items().getFirst())
                        : null);
    }

    private StoredObject stored(KeyValue item) {
        return new StoredObject(item.key(), ObjectFormat.toJson(seal.open(item.value())), item.modified());
    }
}
