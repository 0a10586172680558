package io.kvorum.bench;

import java.util.Arrays;
import java.util.List;

/** Times in nanoseconds, every one of them kept. Filled by one thread at a time. */
final class Latencies {
    private long[] values = new long[1024];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = nanos;
    }

    int size() {
        return size;
    }

    static Latencies merged(List<Latencies> parts) {
        Latencies whole = new Latencies();
        whole.size = parts.stream().mapToInt(Latencies::size).sum();
        whole.values = new long[Math.max(1, whole.size)];
        int at = 0;
        for (Latencies part : parts) {
            System.arraycopy(part.values, 0, whole.values, at, part.size);
            at += part.size;
        }
        Arrays.sort(whole.values, 0, whole.size);
        return whole;
    }

    /** Of a merged one: the time that the given share stays at or below; NaN when there are none. */
    double millisAt(double share) {
        if (size == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * size) - 1;
        return values[Math.clamp(rank, 0, size - 1)] / 1e6;
    }
}
