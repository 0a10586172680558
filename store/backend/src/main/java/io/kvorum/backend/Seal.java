package io.kvorum.backend;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.kvorum.model.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum behind each value of one table, over the table's name, the key and the value: LMDB has none, and would
 * hand out what a disk made of them. Any thread may use it.
 */
final class Seal {
    static final int BYTES = 4;

    private final Environment environment;
    private final String table;
    private final byte[] name;

    Seal(Environment environment, String table) {
        this.environment = environment;
        this.table = table;
        this.name = table.getBytes(StandardCharsets.UTF_8);
    }

    /** @param room the value, and behind it room for the checksum */
    void close(MemorySegment key, MemorySegment room) {
        long length = room.byteSize() - BYTES;
        room.set(JAVA_INT_UNALIGNED, length, sum(key, room.asSlice(0, length)));
    }

    /** The value, copied. */
    Bytes open(MemorySegment key, MemorySegment sealed) {
        long length = sealed.byteSize() - BYTES;
        if (length < 0) {
            throw damaged("a value of %d bytes has no room for its checksum".formatted(sealed.byteSize()));
        }
        MemorySegment value = sealed.asSlice(0, length);
        if (sealed.get(JAVA_INT_UNALIGNED, length) != sum(key, value)) {
            throw damaged("the checksum of a value of %d bytes is wrong".formatted(length));
        }
        return Bytes.wrap(value.toArray(ValueLayout.JAVA_BYTE));
    }

    private int sum(MemorySegment key, MemorySegment value) {
        var sum = new CRC32C();
        sum.update(name);
        sum.update(key.asByteBuffer());
        sum.update(value.asByteBuffer());
        return (int) sum.getValue();
    }

    BackendException.Corrupt damaged(String what) {
        return environment.damaged("in table %s %s".formatted(table, what));
    }
}
