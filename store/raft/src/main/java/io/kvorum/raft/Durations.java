package io.kvorum.raft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How long something took, counted in buckets each twice as wide as the one before. Any thread may note and read. */
public final class Durations {
    private final long[] bounds;
    private final LongAdder[] counts;
    private final LongAdder nanos = new LongAdder();

    /** @param first the narrowest bucket's bound */
    public Durations(Duration first, int buckets) {
        bounds = new long[buckets];
        counts = new LongAdder[buckets + 1];
        for (int i = 0; i < buckets; i++) {
            bounds[i] = first.toNanos() << i;
            counts[i] = new LongAdder();
        }
        counts[buckets] = new LongAdder();
    }

    /** With etcd's buckets for what waits for a disk: 1 ms to 8 s. */
    public static Durations ofDisk() {
        return new Durations(Duration.ofMillis(1), 14);
    }

    /** With etcd's buckets for what goes to another member and back: 0.1 ms to 3 s. */
    public static Durations ofRoundTrip() {
        return new Durations(Duration.ofNanos(100_000), 16);
    }

    public void note(long took) {
        int bucket = 0;
        while (bucket < bounds.length && took > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        nanos.add(took);
    }

    /**
     * What was noted up to a bound, inclusive, that of all narrower buckets included.
     *
     * @param seconds the bound; infinite for the last one
     */
    public record Bucket(double seconds, long count) {}

    /** In ascending order; the last one has all. */
    public List<Bucket> buckets() {
        List<Bucket> all = new ArrayList<>(counts.length);
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i].sum();
            all.add(new Bucket(i < bounds.length ? bounds[i] / 1e9 : Double.POSITIVE_INFINITY, sum));
        }
        return all;
    }

    public double totalSeconds() {
        return nanos.sum() / 1e9;
    }
}
