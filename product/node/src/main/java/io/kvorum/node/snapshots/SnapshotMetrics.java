package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** Snapshots as metrics, named as K3s names them. Any thread. */
public final class SnapshotMetrics implements SnapshotObserver {
    private static final double[] SECONDS = {0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300};

    private final Histogram duration;
    private final Gauge lastSuccess;
    private final Gauge lastBytes;

    public SnapshotMetrics(PrometheusRegistry registry) {
        duration = Histogram.builder()
                .name("k3s_etcd_snapshot_save_local_duration_seconds")
                .help("Time that saving and verifying a snapshot on this server took.")
                .labelNames("status")
                .classicUpperBounds(SECONDS)
                .register(registry);
        lastSuccess = Gauge.builder()
                .name("kvorum_etcd_snapshot_last_success_timestamp_seconds")
                .help("When the last snapshot was saved and verified.")
                .register(registry);
        lastBytes = Gauge.builder()
                .name("kvorum_etcd_snapshot_last_size_bytes")
                .help("Size of the last snapshot.")
                .register(registry);
    }

    @Override
    public void saved(SavedSnapshot snapshot, Duration took) {
        duration.labelValues("success").observe(seconds(took));
        lastSuccess.set((double) snapshot.createdAt().getEpochSecond());
        lastBytes.set((double) snapshot.sizeBytes());
    }

    @Override
    public void failed(String name, String reason, Duration took) {
        duration.labelValues("error").observe(seconds(took));
    }

    @Override
    public void deleted(SavedSnapshot snapshot) {}

    private static double seconds(Duration took) {
        return took.toNanos() / 1e9;
    }
}
