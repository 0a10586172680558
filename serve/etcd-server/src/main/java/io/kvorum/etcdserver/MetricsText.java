package io.kvorum.etcdserver;

import io.kvorum.raft.Durations;
import java.math.BigDecimal;

/** Builds a page in Prometheus' text format. Used by one thread. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder(1 << 14);

    void gauge(String name, String help, long value) {
        family(name, help, "gauge");
        line(name, "", value);
    }

    void gauge(String name, String help, double value) {
        family(name, help, "gauge");
        line(name, "", Double.toString(value));
    }

    void counter(String name, String help, long value) {
        family(name, help, "counter");
        line(name, "", value);
    }

    void counter(String name, String help, double value) {
        family(name, help, "counter");
        line(name, "", Double.toString(value));
    }

    /** @param labels without braces; empty for none */
    void histogram(String name, String labels, Durations durations) {
        long all = 0;
        for (Durations.Bucket bucket : durations.buckets()) {
            String bound = Double.isInfinite(bucket.seconds()) ? "+Inf" : plain(bucket.seconds());
            line(name + "_bucket", (labels.isEmpty() ? "" : labels + ",") + "le=\"" + bound + "\"", bucket.count());
            all = bucket.count();
        }
        line(name + "_sum", labels, Double.toString(durations.totalSeconds()));
        line(name + "_count", labels, all);
    }

    private static String plain(double seconds) {
        return BigDecimal.valueOf(seconds).stripTrailingZeros().toPlainString();
    }

    void family(String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** @param labels without braces; empty for none */
    void line(String name, String labels, long value) {
        line(name, labels, Long.toString(value));
    }

    private void line(String name, String labels, String value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
