package io.kvorum.etcdserver;

import io.grpc.Status;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.engine.StoreStatus;
import io.kvorum.raft.LogUnavailable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page that Prometheus reads, with the names that etcd's dashboards and alerts ask for. Any thread. */
final class Metrics {
    private static final String API = "etcdserverpb.";
    /** Calls that become entries of the log. */
    private static final List<String> PROPOSALS = List.of(
            API + "KV/Put",
            API + "KV/DeleteRange",
            API + "KV/Txn",
            API + "KV/Compact",
            API + "Lease/LeaseGrant",
            API + "Lease/LeaseRevoke");
    /** How a call ends whose entry the log did not take. */
    private static final List<Status.Code> LOST =
            List.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.UNKNOWN, Status.Code.INTERNAL);

    private static final Logger logger = LoggerFactory.getLogger(Metrics.class);

    private final EmbeddedStore store;
    private final Sources sources;
    private final String version;

    /** What is counted outside of the store. */
    record Sources(HealthChecks health, CallTally calls, LeaderWatch leader, WatchTally watches) {}

    Metrics(EmbeddedStore store, Sources sources, String version) {
        this.store = store;
        this.sources = sources;
        this.version = version;
    }

    String text() {
        MetricsText text = new MetricsText();
        try {
            server(text, store.status());
            mvcc(text, store.status());
        } catch (StoreException e) {
            text.gauge("etcd_server_has_leader", "Whether or not a leader exists.", 0);
        }
        disks(text);
        proposals(text);
        operations(text);
        calls(text);
        ProcessMetrics.write(text);
        return text.toString();
    }

    private void server(MetricsText text, StoreStatus status) {
        text.gauge(
                "etcd_server_has_leader",
                "Whether or not a leader exists. 1 is existence, 0 is not.",
                status.leadership().leader() == null ? 0 : 1);
        text.gauge(
                "etcd_server_is_leader",
                "Whether or not this member is a leader. 1 if is, 0 otherwise.",
                status.leadership().isSelf() ? 1 : 0);
        text.gauge("etcd_server_is_learner", "Whether or not this member is a learner.", isLearner());
        text.counter(
                "etcd_server_leader_changes_seen_total",
                "The number of leader changes seen.",
                sources.leader().changes());
        text.gauge(
                "etcd_server_proposals_committed_total",
                "The total number of consensus proposals committed.",
                status.appliedIndex());
        text.gauge(
                "etcd_server_proposals_applied_total",
                "The total number of consensus proposals applied.",
                status.appliedIndex());
        text.gauge(
                "etcd_server_quota_backend_bytes",
                "Current backend storage quota size in bytes.",
                store.upkeep().quotaBytes());
        text.counter(
                "etcd_server_health_success",
                "The total number of successful health checks",
                sources.health().successes());
        text.counter(
                "etcd_server_health_failures",
                "The total number of failed health checks",
                sources.health().failures());
        text.family("etcd_server_version", "Which version is running.", "gauge");
        text.line("etcd_server_version", "server_version=\"%s\"".formatted(version), 1);
        text.family("etcd_cluster_version", "Which version is running.", "gauge");
        text.line("etcd_cluster_version", "cluster_version=\"%s\"".formatted(minor()), 1);
        text.family("etcd_server_id", "Server or member ID in hexadecimal format.", "gauge");
        text.line("etcd_server_id", "server_id=\"%s\"".formatted(store.upkeep().self()), 1);
    }

    private long isLearner() {
        return sources.health().isLearner() ? 1 : 0;
    }

    private String minor() {
        return version.substring(0, version.lastIndexOf('.'));
    }

    private static void mvcc(MetricsText text, StoreStatus status) {
        text.gauge(
                "etcd_mvcc_db_total_size_in_bytes",
                "Total size of the underlying database physically allocated in bytes.",
                status.sizeBytes());
        text.gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "Total size of the underlying database logically in use in bytes.",
                status.sizeInUseBytes());
        text.gauge(
                "etcd_debugging_mvcc_current_revision",
                "The current revision of store.",
                status.revision().value());
        text.gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The revision of the last compaction in store.",
                status.compacted().value());
    }

    private void disks(MetricsText text) {
        text.family(
                "etcd_disk_backend_commit_duration_seconds",
                "The latency distributions of commit called by backend.",
                "histogram");
        text.histogram("etcd_disk_backend_commit_duration_seconds", "", store.commits());
        text.counter(
                "etcd_server_slow_apply_total",
                "The total number of slow apply requests (likely overloaded from slow disk).",
                store.slowApplies());
        try {
            log(text);
        } catch (LogUnavailable e) {
            logger.atDebug().setCause(e).log("the log has stopped and says nothing more");
        }
    }

    private void log(MetricsText text) {
        text.family(
                "etcd_disk_wal_fsync_duration_seconds",
                "The latency distributions of fsync called by WAL.",
                "histogram");
        text.histogram("etcd_disk_wal_fsync_duration_seconds", "", store.logSyncs());
        text.family(
                "etcd_network_peer_round_trip_time_seconds", "Round-Trip-Time histogram between peers", "histogram");
        store.roundTrips()
                .forEach((peer, durations) -> text.histogram(
                        "etcd_network_peer_round_trip_time_seconds", "To=\"%s\"".formatted(peer), durations));
    }

    private void proposals(MetricsText text) {
        long underWay = 0;
        long failed = 0;
        for (String name : PROPOSALS) {
            CallTally.OfMethod method = sources.calls().methods().get(name);
            if (method != null) {
                underWay += method.underWay();
                failed += LOST.stream().mapToLong(method::ended).sum();
            }
        }
        text.gauge("etcd_server_proposals_pending", "The current number of pending proposals to commit.", underWay);
        text.counter("etcd_server_proposals_failed_total", "The total number of failed proposals seen.", failed);
    }

    private void operations(MetricsText text) {
        operation(text, "put", "KV/Put");
        operation(text, "delete", "KV/DeleteRange");
        operation(text, "range", "KV/Range");
        operation(text, "txn", "KV/Txn");
        text.gauge(
                "etcd_debugging_mvcc_watcher_total",
                "Total number of watchers.",
                sources.watches().watches());
        text.gauge(
                "etcd_debugging_mvcc_watch_stream_total",
                "Total number of watch streams.",
                sources.watches().streams());
        text.gauge(
                "etcd_debugging_mvcc_slow_watcher_total",
                "Total number of unsynced slow watchers.",
                sources.watches().waiting());
        text.counter(
                "etcd_debugging_mvcc_events_total",
                "Total number of events sent by this member.",
                sources.watches().events());
    }

    private void operation(MetricsText text, String name, String method) {
        long count = sources.calls().ended(API + method, Status.Code.OK);
        String help = "Total number of %ss seen by this member.".formatted(name);
        text.counter("etcd_mvcc_%s_total".formatted(name), help, count);
        text.counter("etcd_debugging_mvcc_%s_total".formatted(name), help, count);
    }

    private void calls(MetricsText text) {
        Map<String, CallTally.OfMethod> methods = sources.calls().methods();
        text.family("grpc_server_started_total", "Total number of RPCs started on the server.", "counter");
        methods.forEach((name, one) -> text.line("grpc_server_started_total", labels(name, one), one.started.sum()));
        text.family(
                "grpc_server_handled_total",
                "Total number of RPCs completed on the server, regardless of success or failure.",
                "counter");
        methods.forEach((name, one) -> {
            for (Status.Code code : Status.Code.values()) {
                if (one.ended(code) > 0) {
                    String labels = "grpc_code=\"%s\",%s".formatted(name(code), labels(name, one));
                    text.line("grpc_server_handled_total", labels, one.ended(code));
                }
            }
        });
        text.family(
                "grpc_server_msg_received_total",
                "Total number of RPC stream messages received on the server.",
                "counter");
        methods.forEach(
                (name, one) -> text.line("grpc_server_msg_received_total", labels(name, one), one.received.sum()));
        text.family(
                "grpc_server_msg_sent_total", "Total number of gRPC stream messages sent by the server.", "counter");
        methods.forEach((name, one) -> text.line("grpc_server_msg_sent_total", labels(name, one), one.sent.sum()));
        text.counter(
                "etcd_network_client_grpc_received_bytes_total",
                "The total number of bytes received from grpc clients.",
                sources.calls().receivedBytes());
        text.counter(
                "etcd_network_client_grpc_sent_bytes_total",
                "The total number of bytes sent to grpc clients.",
                sources.calls().sentBytes());
    }

    private static String labels(String name, CallTally.OfMethod method) {
        int slash = name.lastIndexOf('/');
        return "grpc_method=\"%s\",grpc_service=\"%s\",grpc_type=\"%s\""
                .formatted(name.substring(slash + 1), name.substring(0, Math.max(0, slash)), method.type());
    }

    /** {@code INVALID_ARGUMENT} is InvalidArgument to Prometheus; OK stays. */
    private static String name(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
