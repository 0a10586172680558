package io.kvorum.model;

import org.jspecify.annotations.Nullable;

/**
 * The keys from {@code start} (inclusive) to {@code end} (exclusive).
 *
 * @param end null means "to the last key there is"
 */
public record KeyRange(Bytes start, @Nullable Bytes end) {
    private static final Bytes ZERO = Bytes.wrap(new byte[] {0});

    public static KeyRange single(Key key) {
        return new KeyRange(key.bytes(), key.bytes().concat(ZERO));
    }

    public static KeyRange prefix(Key prefix) {
        return new KeyRange(prefix.bytes(), endOfPrefix(prefix.bytes()));
    }

    public static KeyRange from(Key start) {
        return new KeyRange(start.bytes(), null);
    }

    public static KeyRange between(Bytes start, Bytes end) {
        return new KeyRange(start, end);
    }

    public static KeyRange all() {
        return new KeyRange(Bytes.EMPTY, null);
    }

    /** The first key behind all keys with this prefix; null when the prefix is all 0xff. */
    private static @Nullable Bytes endOfPrefix(Bytes prefix) {
        byte[] end = prefix.toByteArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xff) {
                end[i]++;
                return Bytes.wrap(end).slice(0, i + 1);
            }
        }
        return null;
    }

    public boolean contains(Key key) {
        return key.bytes().compareTo(start) >= 0 && (end == null || key.bytes().compareTo(end) < 0);
    }

    public boolean isSingle() {
        return end != null
                && end.length() == start.length() + 1
                && end.at(start.length()) == 0
                && end.startsWith(start);
    }
}
