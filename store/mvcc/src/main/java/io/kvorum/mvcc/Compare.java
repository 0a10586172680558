package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;

/** A condition of a transaction; over a range it must hold for every key in it. A missing key counts as all zero. */
public sealed interface Compare {
    KeyRange range();

    Relation relation();

    /** Compares a number of the key. */
    record OfNumber(KeyRange range, Target target, Relation relation, long expected) implements Compare {}

    /** Compares the value; a missing key never matches. */
    record OfValue(KeyRange range, Relation relation, Bytes expected) implements Compare {}

    /** Which number of the key. */
    enum Target {
        VERSION,
        CREATED,
        MODIFIED,
        LEASE
    }

    /** How the key's side relates to the expected side. */
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        GREATER,
        LESS
    }

    static Compare isModifiedAt(Key key, Revision revision) {
        return new OfNumber(KeyRange.single(key), Target.MODIFIED, Relation.EQUAL, revision.value());
    }

    static Compare isMissing(Key key) {
        return isModifiedAt(key, Revision.ZERO);
    }
}
