package io.kvorum.registry;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.mvcc.Compare;
import java.util.List;

/** How values are kept from whoever reads the store's files. Any thread. */
public interface ValueSeal {
    /** What is to stand in the store under the key. */
    Sealed seal(Key key, Bytes value);

    /** The value of what stands in the store; as it is when it was never sealed, or cannot be opened. */
    Bytes open(Bytes stored);

    /**
     * Whether what a write that did not hold brought has to be sealed anew, since the cluster seals otherwise by now; looks
     * into the store for that.
     */
    boolean isOutdated(Sealed written);

    /**
     * A value on its way into the store.
     *
     * @param compares must hold in the transaction that writes it: so nobody writes by a key that the others have left
     */
    record Sealed(Bytes value, List<Compare> compares) {
        public Sealed {
            compares = List.copyOf(compares);
        }
    }

    /** Everything stands in the store as it is. */
    static ValueSeal none() {
        return new ValueSeal() {
            @Override
            public Sealed seal(Key key, Bytes value) {
                return new Sealed(value, List.of());
            }

            @Override
            public Bytes open(Bytes stored) {
                return stored;
            }

            @Override
            public boolean isOutdated(Sealed written) {
                return false;
            }
        };
    }
}
