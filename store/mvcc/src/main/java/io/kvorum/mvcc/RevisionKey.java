package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.nio.ByteBuffer;

/**
 * Where one change lies in the table of records: the store's revision and the change's place inside it. Its bytes are
 * those of etcd's own file ({@code main '_' sub}, and a trailing {@code 't'} for a deletion), so that a snapshot in
 * etcd's format is a copy. An immutable value.
 */
public record RevisionKey(long main, long sub) implements Comparable<RevisionKey> {
    static final int LENGTH = 17;
    private static final byte SEPARATOR = '_';
    private static final byte TOMBSTONE = 't';

    /** The first key a record of this revision can have. */
    public static Bytes startOf(long main) {
        return new RevisionKey(main, 0).ofValue();
    }

    public Bytes ofValue() {
        return Bytes.wrap(write(LENGTH));
    }

    public Bytes ofTombstone() {
        byte[] bytes = write(LENGTH + 1);
        bytes[LENGTH] = TOMBSTONE;
        return Bytes.wrap(bytes);
    }

    private byte[] write(int length) {
        byte[] bytes = new byte[length];
        ByteBuffer.wrap(bytes).putLong(main).put(SEPARATOR).putLong(sub);
        return bytes;
    }

    public static RevisionKey parse(Bytes bytes) {
        ByteBuffer buffer = bytes.asReadOnlyBuffer();
        long main = buffer.getLong();
        buffer.get();
        return new RevisionKey(main, buffer.getLong());
    }

    public static boolean isTombstone(Bytes bytes) {
        return bytes.length() == LENGTH + 1 && bytes.at(LENGTH) == TOMBSTONE;
    }

    @Override
    public int compareTo(RevisionKey other) {
        int byMain = Long.compare(main, other.main);
        return byMain != 0 ? byMain : Long.compare(sub, other.sub);
    }
}
