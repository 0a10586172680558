package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.RevisionKey;
import java.util.Optional;

/** Checks of a revision's bytes before they are parsed. Stateless. */
final class RevisionBytes {
    private static final int LENGTH = 17;
    private static final int SEPARATOR_AT = 8;

    private RevisionBytes() {}

    /** Empty when these are not the bytes of a change's revision. */
    static Optional<RevisionKey> parse(Bytes bytes) {
        boolean isLong = bytes.length() == LENGTH || RevisionKey.isTombstone(bytes);
        if (!isLong || bytes.at(SEPARATOR_AT) != '_') {
            return Optional.empty();
        }
        return Optional.of(RevisionKey.parse(bytes)).filter(each -> each.main() >= 0 && each.sub() >= 0);
    }

    static Bytes of(Revision revision) {
        return RevisionKey.startOf(revision.value());
    }
}
