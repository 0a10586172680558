package io.kvorum.registry;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;

/** How values are kept from whoever reads the store's files. Any thread. */
public interface ValueSeal {
    /** What is to stand in the store under the key. */
    Bytes seal(Key key, Bytes value);

    /** The value of what stands in the store; as it is when it was never sealed, or cannot be opened. */
    Bytes open(Bytes stored);

    /** Everything stands in the store as it is. */
    static ValueSeal none() {
        return new ValueSeal() {
            @Override
            public Bytes seal(Key key, Bytes value) {
                return value;
            }

            @Override
            public Bytes open(Bytes stored) {
                return stored;
            }
        };
    }
}
