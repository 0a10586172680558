package io.kvorum.bench;

import com.google.protobuf.ByteString;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** The keys and the values of the load. Stateless; any thread. */
final class Keys {
    static final int VALUE_BYTES = 256;
    static final int SPACE = 100_000;
    static final int STORED = 10_000;
    static final int RANGE = 1_000;

    private Keys() {}

    static ByteString put(int number) {
        return key("/bench/put/", number);
    }

    static ByteString stored(int number) {
        return key("/bench/get/", number);
    }

    static ByteString ranged(int number) {
        return key("/bench/range/", number);
    }

    static ByteString rangeStart() {
        return ByteString.copyFromUtf8("/bench/range/");
    }

    static ByteString rangeEnd() {
        return ByteString.copyFromUtf8("/bench/range0");
    }

    static ByteString own(int client) {
        return key("/bench/object/", client);
    }

    private static ByteString key(String prefix, int number) {
        return ByteString.copyFromUtf8(prefix + String.format(Locale.ROOT, "%010d", number));
    }

    static ByteString value(RandomGenerator random) {
        byte[] bytes = new byte[VALUE_BYTES];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
