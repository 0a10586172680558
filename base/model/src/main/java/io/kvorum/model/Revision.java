package io.kvorum.model;

/** A point in the history of the whole store; every committed change makes the next one. Zero is "before everything". */
public record Revision(long value) implements Comparable<Revision> {
    public static final Revision ZERO = new Revision(0);

    public Revision {
        if (value < 0) {
            throw new IllegalArgumentException("a revision is never negative, got " + value);
        }
    }

    public Revision next() {
        return new Revision(value + 1);
    }

    public boolean isBefore(Revision other) {
        return value < other.value;
    }

    @Override
    public int compareTo(Revision other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
