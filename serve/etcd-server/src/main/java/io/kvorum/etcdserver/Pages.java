package io.kvorum.etcdserver;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.StoreStatus;
import io.kvorum.mvcc.Alarm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The pages beside the API: health, version, metrics. Any thread; calls block. */
final class Pages {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final EmbeddedStore store;
    private final String version;

    Pages(EmbeddedStore store, String version) {
        this.store = store;
        this.version = version;
    }

    /** One page. */
    record Page(int status, String type, String text) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    Page page(String path) {
        return switch (path) {
            case "/health" -> health();
            case "/livez" -> probe(false);
            case "/readyz" -> probe(true);
            case "/version" -> version();
            case "/metrics" -> new Page(200, METRICS, metrics());
            default -> new Page(404, TEXT, "404 page not found\n");
        };
    }

    private Page health() {
        List<Alarm> alarms = store.upkeep().alarms();
        if (!alarms.isEmpty()) {
            return unhealthy("ALARM " + alarms.getFirst().kind().name().replace("_", ""));
        }
        try {
            store.readBarrier();
            return new Page(200, JSON, "{\"health\":\"true\",\"reason\":\"\"}");
        } catch (StoreException.NoQuorum e) {
            return unhealthy("RAFT NO LEADER");
        } catch (StoreException e) {
            return unhealthy("RANGE ERROR:" + e.getClass().getSimpleName());
        }
    }

    private static Page unhealthy(String reason) {
        return new Page(503, JSON, "{\"health\":\"false\",\"reason\":\"%s\"}".formatted(reason));
    }

    private Page probe(boolean isReadiness) {
        try {
            if (isReadiness) {
                store.readBarrier();
            } else {
                StoreStatus ignored = store.status();
            }
            return new Page(200, TEXT, "ok\n");
        } catch (StoreException e) {
            String what = isReadiness ? "linearizable_read" : "serializable_read";
            return new Page(503, TEXT, "[-]%s failed: %s\n".formatted(what, e.getMessage()));
        }
    }

    private Page version() {
        String cluster = version.substring(0, version.lastIndexOf('.')) + ".0";
        return new Page(200, JSON, "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\"}".formatted(version, cluster));
    }

    private String metrics() {
        StoreStatus status = store.status();
        StringBuilder text = new StringBuilder();
        gauge(text, "etcd_server_has_leader", status.leadership().leader() == null ? 0 : 1);
        gauge(text, "etcd_server_is_leader", status.leadership().isSelf() ? 1 : 0);
        gauge(text, "etcd_server_proposals_applied_total", status.appliedIndex());
        gauge(text, "etcd_server_quota_backend_bytes", store.upkeep().quotaBytes());
        gauge(text, "etcd_mvcc_db_total_size_in_bytes", status.sizeBytes());
        gauge(text, "etcd_mvcc_db_total_size_in_use_in_bytes", status.sizeInUseBytes());
        gauge(text, "etcd_debugging_mvcc_current_revision", status.revision().value());
        gauge(text, "etcd_debugging_mvcc_compact_revision", status.compacted().value());
        text.append("# TYPE etcd_server_version gauge\netcd_server_version{server_version=\"")
                .append(version)
                .append("\"} 1\n");
        return text.toString();
    }

    private static void gauge(StringBuilder text, String name, long value) {
        text.append(String.format(Locale.ROOT, "# TYPE %s gauge\n%s %d\n", name, name, value));
    }
}
