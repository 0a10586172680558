package io.kvorum.member;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags, with etcd's names and defaults; filled by the command line before anything reads them. */
final class MemberFlags {
    @Option(names = "--name", defaultValue = "default", description = "This member's name.")
    private String name = "";

    @Option(names = "--data-dir", description = "Where it keeps everything (default NAME.kvorum).")
    private @Nullable Path dataDir;

    @Option(names = "--listen-client-urls", split = ",", defaultValue = "http://127.0.0.1:2379")
    private List<URI> listenClientUrls = List.of();

    @Option(names = "--advertise-client-urls", split = ",", description = "Told to clients (default: the listen URLs).")
    private List<URI> advertiseClientUrls = List.of();

    @Option(names = "--listen-peer-urls", split = ",", defaultValue = "http://127.0.0.1:2380")
    private List<URI> listenPeerUrls = List.of();

    @Option(
            names = "--initial-advertise-peer-urls",
            split = ",",
            description = "Told to peers (default: the listen URLs).")
    private List<URI> advertisePeerUrls = List.of();

    @Option(
            names = "--listen-metrics-urls",
            split = ",",
            description = "Health and metrics without TLS; none by default.")
    private List<URI> listenMetricsUrls = List.of();

    @Option(names = "--initial-cluster", split = ",", description = "NAME=PEER-URL of each member (default: this one).")
    private List<String> initialCluster = List.of();

    @Option(names = "--initial-cluster-state", defaultValue = "new", description = "new or existing.")
    private String initialClusterState = "";

    @Option(names = "--initial-cluster-token", defaultValue = "etcd-cluster", description = "Tells clusters apart.")
    private String initialClusterToken = "";

    @Option(
            names = "--member-id",
            description = "What `member add` answered, in hex; needed once with --initial-cluster-state existing.")
    private @Nullable String memberId;

    @Option(names = "--cert-file")
    private @Nullable Path certFile;

    @Option(names = "--key-file")
    private @Nullable Path keyFile;

    @Option(names = "--trusted-ca-file", description = "Whose clients are let in; without it, all are.")
    private @Nullable Path trustedCaFile;

    @Option(names = "--client-cert-auth", description = "What --trusted-ca-file means anyway.")
    private boolean clientCertAuth;

    @Option(names = "--peer-cert-file", description = "Must name this member; `certs` makes such certificates.")
    private @Nullable Path peerCertFile;

    @Option(names = "--peer-key-file")
    private @Nullable Path peerKeyFile;

    @Option(names = "--peer-trusted-ca-file")
    private @Nullable Path peerTrustedCaFile;

    @Option(names = "--heartbeat-interval", description = "Milliseconds.")
    private @Nullable String heartbeatInterval;

    @Option(names = "--election-timeout", description = "Milliseconds.")
    private @Nullable String electionTimeout;

    @Option(names = "--snapshot-count")
    private @Nullable String snapshotCount;

    @Option(names = "--quota-backend-bytes")
    private @Nullable String quotaBackendBytes;

    @Option(names = "--auto-compaction-mode", description = "periodic or revision.")
    private @Nullable String autoCompactionMode;

    @Option(names = "--auto-compaction-retention")
    private @Nullable String autoCompactionRetention;

    @Option(names = "--debug", description = "Say more in the log.")
    private boolean isVerbose;

    String name() {
        return name;
    }

    Path dataDir() {
        return dataDir == null ? Path.of(name + ".kvorum") : dataDir;
    }

    List<URI> listenClientUrls() {
        return listenClientUrls;
    }

    List<URI> advertiseClientUrls() {
        return advertiseClientUrls.isEmpty() ? listenClientUrls : advertiseClientUrls;
    }

    List<URI> listenMetricsUrls() {
        return listenMetricsUrls;
    }

    URI listenPeerUrl() {
        return listenPeerUrls.getFirst();
    }

    URI advertisePeerUrl() {
        return advertisePeerUrls.isEmpty() ? listenPeerUrl() : advertisePeerUrls.getFirst();
    }

    InitialCluster initialCluster() {
        List<String> members = initialCluster.isEmpty() ? List.of(name + "=" + advertisePeerUrl()) : initialCluster;
        return InitialCluster.parse(members, initialClusterToken);
    }

    boolean joinsExistingCluster() {
        return switch (initialClusterState) {
            case "new" -> false;
            case "existing" -> true;
            default ->
                throw new IllegalArgumentException(
                        "--initial-cluster-state is new or existing, not \"%s\"".formatted(initialClusterState));
        };
    }

    @Nullable
    String memberId() {
        return memberId;
    }

    TlsFiles clientTls() {
        if (clientCertAuth && trustedCaFile == null) {
            throw new IllegalArgumentException("--client-cert-auth needs --trusted-ca-file");
        }
        return new TlsFiles(certFile, keyFile, trustedCaFile);
    }

    TlsFiles peerTls() {
        return new TlsFiles(peerCertFile, peerKeyFile, peerTrustedCaFile);
    }

    boolean isVerbose() {
        return isVerbose;
    }

    /** What the store itself is told, by the names of etcd's flags. */
    Map<String, String> storeArguments() {
        Map<String, String> arguments = new TreeMap<>();
        put(arguments, "heartbeat-interval", heartbeatInterval);
        put(arguments, "election-timeout", electionTimeout);
        put(arguments, "snapshot-count", snapshotCount);
        put(arguments, "quota-backend-bytes", quotaBackendBytes);
        put(arguments, "auto-compaction-mode", autoCompactionMode);
        put(arguments, "auto-compaction-retention", autoCompactionRetention);
        return arguments;
    }

    private static void put(Map<String, String> arguments, String key, @Nullable String value) {
        if (value != null) {
            arguments.put(key, value);
        }
    }
}
