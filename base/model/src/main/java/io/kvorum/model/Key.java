package io.kvorum.model;

/** A key of the store; keys are ordered byte by byte, unsigned. */
public record Key(Bytes bytes) implements Comparable<Key> {
    public Key {
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("a key is never empty");
        }
    }

    public static Key of(String text) {
        return new Key(Bytes.utf8(text));
    }

    @Override
    public int compareTo(Key other) {
        return bytes.compareTo(other.bytes);
    }

    @Override
    public String toString() {
        return bytes.toString();
    }
}
