package io.kvorum.node.snapshots;

import io.kvorum.snapshot.catalogue.SavedSnapshot;
import io.kvorum.snapshot.s3.BucketSnapshot;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** Snapshots as metrics, named as K3s names them. Any thread. */
public final class SnapshotMetrics implements SnapshotObserver {
    private static final double[] SECONDS = {0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300};

    private final Histogram local;
    private final Histogram bucket;
    private final Gauge lastSuccess;
    private final Gauge lastBytes;
    private final Gauge lastUpload;

    public SnapshotMetrics(PrometheusRegistry registry) {
        local = duration(
                registry,
                "k3s_etcd_snapshot_save_local_duration_seconds",
                "Time that saving and verifying a snapshot on this server took.");
        bucket = duration(
                registry,
                "k3s_etcd_snapshot_save_s3_duration_seconds",
                "Time that copying a snapshot to a bucket and verifying it there took.");
        lastSuccess = gauge(
                registry,
                "kvorum_etcd_snapshot_last_success_timestamp_seconds",
                "When the last snapshot was saved and verified.");
        lastBytes = gauge(registry, "kvorum_etcd_snapshot_last_size_bytes", "Size of the last snapshot.");
        lastUpload = gauge(
                registry,
                "kvorum_etcd_snapshot_last_upload_timestamp_seconds",
                "When the newest snapshot that is in a bucket was taken.");
    }

    private static Histogram duration(PrometheusRegistry registry, String name, String help) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames("status")
                .classicUpperBounds(SECONDS)
                .register(registry);
    }

    private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
        return Gauge.builder().name(name).help(help).register(registry);
    }

    @Override
    public void saved(SavedSnapshot snapshot, Duration took) {
        local.labelValues("success").observe(seconds(took));
        lastSuccess.set((double) snapshot.createdAt().getEpochSecond());
        lastBytes.set((double) snapshot.sizeBytes());
    }

    @Override
    public void failed(FailedSnapshot failed, Duration took) {
        local.labelValues("error").observe(seconds(took));
    }

    @Override
    public void uploaded(BucketSnapshot copy, Duration took) {
        bucket.labelValues("success").observe(seconds(took));
        lastUpload.set((double) copy.createdAt().getEpochSecond());
    }

    @Override
    public void uploadFailed(FailedSnapshot failed, Duration took) {
        bucket.labelValues("error").observe(seconds(took));
    }

    @Override
    public void deleted(SavedSnapshot snapshot) {}

    @Override
    public void deleted(BucketSnapshot copy) {}

    private static double seconds(Duration took) {
        return took.toNanos() / 1e9;
    }
}
