package io.kvorum.mvcc;

import io.kvorum.model.Bytes;

/** Reads the record of a change by its revision; a source is used by one thread. */
@FunctionalInterface
interface Records {
    Bytes at(RevisionKey revision);

    static Records of(StoredState state) {
        return revision -> mustRead(state, revision.ofValue());
    }

    /** @throws RecordMissing when the index promises a record that the disk does not have */
    static Bytes mustRead(StoredState state, Bytes key) {
        Bytes record = state.read(Table.RECORDS, key);
        if (record == null) {
            throw new RecordMissing(RevisionKey.parse(key));
        }
        return record;
    }
}
