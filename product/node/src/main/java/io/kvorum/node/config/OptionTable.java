package io.kvorum.node.config;

import static io.kvorum.node.config.Option.Kind.ARGUMENTS;
import static io.kvorum.node.config.Option.Kind.LIST;
import static io.kvorum.node.config.Option.Kind.SECRET;
import static io.kvorum.node.config.Option.Kind.SWITCH;
import static io.kvorum.node.config.Option.Kind.VALUE;
import static io.kvorum.node.config.Option.accepted;
import static io.kvorum.node.config.Option.acting;
import static io.kvorum.node.config.Option.fulfilled;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every setting of {@code server} and {@code agent}: K3s's names, one line each. */
public final class OptionTable {
    /** Settings under one heading of the help. */
    public record Group(String title, List<Option> options) {
        public Group {
            options = List.copyOf(options);
        }
    }

    private static final String ALL_ROLES =
            "every server runs the whole control plane, keeps a copy of the store and votes";

    private final List<Group> groups;

    private OptionTable(List<Group> groups) {
        this.groups = groups;
    }

    public static OptionTable server() {
        return new OptionTable(List.of(
                general(),
                listener(),
                cluster(),
                client(),
                network(),
                components(),
                etcd(),
                s3(),
                node(),
                runtime(),
                logging(),
                later()));
    }

    public static OptionTable agent() {
        return new OptionTable(List.of(general(), agentCluster(), node(), runtime(), logging(), agentLater()));
    }

    public List<Group> groups() {
        return groups;
    }

    Stream<Option> options() {
        return groups.stream().flatMap(group -> group.options().stream());
    }

    Optional<Option> find(String flag) {
        return options().filter(option -> option.isNamed(flag)).findFirst();
    }

    private static Group general() {
        return new Group(
                "General",
                List.of(
                        acting("config", VALUE, "Load settings from this file", "K3S_CONFIG_FILE")
                                .alias("c"),
                        acting("data-dir", VALUE, "Folder that holds the state", "K3S_DATA_DIR")
                                .alias("d")));
    }

    private static Group listener() {
        return new Group(
                "Listener",
                List.of(
                        acting("bind-address", VALUE, "Address the API listens on (default 0.0.0.0)"),
                        acting("https-listen-port", VALUE, "Port of the API (default 6443)"),
                        acting("advertise-address", VALUE, "Address that others reach the API by (default: node IP)"),
                        acting("advertise-port", VALUE, "Port that others reach the API by (default: listen port)"),
                        acting("tls-san", LIST, "Further names or addresses for the API's certificate"),
                        acting("tls-san-security", SWITCH, "Never add the address that a node joined by")));
    }

    private static Group cluster() {
        return new Group(
                "Cluster",
                List.of(
                        acting("token", SECRET, "Secret that nodes show to join", "K3S_TOKEN")
                                .alias("t"),
                        acting("token-file", VALUE, "File that holds the token", "K3S_TOKEN_FILE"),
                        acting(
                                "agent-token",
                                SECRET,
                                "Secret that lets agents join, but no servers",
                                "K3S_AGENT_TOKEN"),
                        acting("agent-token-file", VALUE, "File that holds the agent token", "K3S_AGENT_TOKEN_FILE"),
                        acting("server", VALUE, "Join the cluster of this server", "K3S_URL")
                                .alias("s"),
                        acting("cluster-init", SWITCH, "Begin a new cluster with embedded etcd", "K3S_CLUSTER_INIT"),
                        acting(
                                "edge-failover",
                                SWITCH,
                                "Have pods of a dead node run elsewhere within 30 s (on all servers; default 6 min)"),
                        acting("cluster-reset", SWITCH, "Forget all members but this one", "K3S_CLUSTER_RESET"),
                        acting("cluster-reset-restore-path", VALUE, "Snapshot to restore at the reset")));
    }

    private static Group agentCluster() {
        return new Group(
                "Cluster",
                List.of(
                        acting("token", SECRET, "Secret that nodes show to join", "K3S_TOKEN")
                                .alias("t"),
                        acting("token-file", VALUE, "File that holds the token", "K3S_TOKEN_FILE"),
                        acting("server", VALUE, "Server to join", "K3S_URL").alias("s")));
    }

    private static Group client() {
        return new Group(
                "Admin's kubeconfig",
                List.of(
                        acting("write-kubeconfig", VALUE, "Write it here", "K3S_KUBECONFIG_OUTPUT")
                                .alias("o"),
                        acting(
                                "write-kubeconfig-mode",
                                VALUE,
                                "Its mode (default: as it is, at first 600)",
                                "K3S_KUBECONFIG_MODE"),
                        acting("write-kubeconfig-group", VALUE, "Its group", "K3S_KUBECONFIG_GROUP")));
    }

    private static Group network() {
        return new Group(
                "Network",
                List.of(
                        acting("cluster-cidr", VALUE, "Addresses of pods (default 10.42.0.0/16)"),
                        acting("service-cidr", VALUE, "Addresses of Services (default 10.43.0.0/16)"),
                        acting("service-node-port-range", VALUE, "Node ports (default 30000-32767)"),
                        acting("cluster-dns", VALUE, "Address of cluster DNS (default 10.43.0.10)"),
                        acting("cluster-domain", VALUE, "Domain of the cluster (default cluster.local)"),
                        acting("flannel-backend", VALUE, "Pod network between nodes (default vxlan)"),
                        accepted("flannel-ipv6-masq", SWITCH, "Masquerade IPv6 of pods"),
                        accepted("flannel-external-ip", SWITCH, "Use nodes' external addresses between nodes"),
                        acting(
                                "egress-selector-mode",
                                VALUE,
                                "agent (default), pod or cluster: by nodes' tunnels where they cannot be connected to;"
                                        + " disabled: never"),
                        accepted("servicelb-namespace", VALUE, "Namespace of the service load balancer")));
    }

    private static Group components() {
        return new Group(
                "Components",
                List.of(
                        acting("kube-apiserver-arg", ARGUMENTS, "key=value for the API server")
                                .understanding(
                                        "max-requests-inflight",
                                        "max-mutating-requests-inflight",
                                        "default-not-ready-toleration-seconds",
                                        "default-unreachable-toleration-seconds"),
                        acting("etcd-arg", ARGUMENTS, "key=value for the embedded etcd")
                                .understanding(
                                        "heartbeat-interval",
                                        "election-timeout",
                                        "snapshot-count",
                                        "quota-backend-bytes",
                                        "auto-compaction-mode",
                                        "auto-compaction-retention"),
                        acting("kube-controller-manager-arg", ARGUMENTS, "key=value for the controllers")
                                .understanding("node-monitor-grace-period"),
                        accepted("kube-scheduler-arg", ARGUMENTS, "key=value for the scheduler"),
                        accepted("kube-cloud-controller-manager-arg", ARGUMENTS, "key=value for the cloud controller"),
                        acting("disable", LIST, "Packaged components, and files of server/manifests, to leave out")
                                .ignoring("coredns")
                                .meaning("cluster DNS is part of every node"),
                        accepted("disable-scheduler", SWITCH, "Run no scheduler")
                                .meaning(ALL_ROLES),
                        fulfilled("disable-cloud-controller", SWITCH, "Run no cloud controller"),
                        accepted("disable-kube-proxy", SWITCH, "Run no service proxy"),
                        fulfilled("disable-network-policy", SWITCH, "Enforce no network policies"),
                        fulfilled("disable-helm-controller", SWITCH, "Run no Helm controller"),
                        accepted("disable-apiserver", SWITCH, "Run no API server")
                                .meaning(ALL_ROLES),
                        accepted("disable-controller-manager", SWITCH, "Run no controllers")
                                .meaning(ALL_ROLES),
                        accepted("disable-etcd", SWITCH, "Run no etcd member").meaning(ALL_ROLES),
                        acting("disable-agent", SWITCH, "Run no node agent on this server"),
                        acting(
                                "secrets-encryption",
                                SWITCH,
                                "Encrypt Secrets in the store, from the cluster's first start on"),
                        acting("secrets-encryption-provider", VALUE, "aescbc (default) or secretbox"),
                        accepted("default-local-storage-path", VALUE, "Folder of local volumes"),
                        accepted("helm-job-image", VALUE, "Image of Helm jobs"),
                        accepted("embedded-registry", SWITCH, "Share images between nodes"),
                        accepted("supervisor-metrics", SWITCH, "Serve metrics on the supervisor's port")));
    }

    private static Group etcd() {
        return new Group(
                "Embedded etcd and its snapshots",
                List.of(
                        accepted("datastore-endpoint", VALUE, "External datastore", "K3S_DATASTORE_ENDPOINT"),
                        accepted("datastore-cafile", VALUE, "Its CA", "K3S_DATASTORE_CAFILE"),
                        accepted("datastore-certfile", VALUE, "Our certificate for it", "K3S_DATASTORE_CERTFILE"),
                        accepted("datastore-keyfile", VALUE, "Our key for it", "K3S_DATASTORE_KEYFILE"),
                        acting(
                                "etcd-expose-metrics",
                                SWITCH,
                                "Serve the store's metrics on the node's address, port 2381"),
                        acting("etcd-disable-snapshots", SWITCH, "Take no scheduled snapshots"),
                        acting("etcd-snapshot-name", VALUE, "First part of snapshots' names (default etcd-snapshot)"),
                        acting(
                                "etcd-snapshot-schedule-cron",
                                VALUE,
                                "When to take snapshots (default \"0 */12 * * *\")"),
                        acting("etcd-snapshot-retention", VALUE, "How many to keep (default 5)"),
                        acting("etcd-snapshot-dir", VALUE, "Where to keep them"),
                        acting("etcd-snapshot-compress", SWITCH, "Compress them")));
    }

    private static Group s3() {
        return new Group(
                "Snapshots on S3",
                List.of(
                        acting("etcd-s3", SWITCH, "Copy snapshots to S3"),
                        acting("etcd-s3-endpoint", VALUE, "S3 server"),
                        acting("etcd-s3-endpoint-ca", VALUE, "Its CA"),
                        acting("etcd-s3-skip-ssl-verify", SWITCH, "Do not check its certificate"),
                        acting("etcd-s3-access-key", SECRET, "Access key", "AWS_ACCESS_KEY_ID"),
                        acting("etcd-s3-secret-key", SECRET, "Secret key", "AWS_SECRET_ACCESS_KEY"),
                        acting("etcd-s3-session-token", SECRET, "Session token", "AWS_SESSION_TOKEN"),
                        acting("etcd-s3-bucket", VALUE, "Bucket"),
                        acting("etcd-s3-bucket-lookup-type", VALUE, "auto, dns or path"),
                        acting("etcd-s3-region", VALUE, "Region (default us-east-1)"),
                        acting("etcd-s3-folder", VALUE, "Folder in the bucket"),
                        acting("etcd-s3-proxy", VALUE, "Proxy to S3"),
                        acting("etcd-s3-config-secret", VALUE, "Secret that holds these settings"),
                        acting("etcd-s3-insecure", SWITCH, "Use plain HTTP"),
                        acting("etcd-s3-retention", VALUE, "How many to keep in the bucket"),
                        acting("etcd-s3-timeout", VALUE, "Deadline of one transfer (default 5m)")));
    }

    private static Group node() {
        return new Group(
                "Node",
                List.of(
                        acting("node-name", VALUE, "Name of this node (default: host name)", "K3S_NODE_NAME"),
                        acting("with-node-id", SWITCH, "Append an id of this machine to the node's name"),
                        acting("node-label", LIST, "Label to set when the node registers"),
                        acting("node-taint", LIST, "Taint to set when the node registers"),
                        acting("node-ip", VALUE, "Address of this node (default: of the default route)")
                                .alias("i"),
                        acting("node-external-ip", LIST, "Address of this node as others see it"),
                        accepted("node-internal-dns", LIST, "DNS names of this node"),
                        accepted("node-external-dns", LIST, "DNS names of this node as others see it"),
                        acting("resolv-conf", VALUE, "Resolvers for pods", "K3S_RESOLV_CONF"),
                        accepted("flannel-iface", VALUE, "Interface of the pod network"),
                        accepted("flannel-conf", VALUE, "Own configuration of the pod network"),
                        accepted("flannel-cni-conf", VALUE, "Own CNI configuration"),
                        acting("kubelet-arg", ARGUMENTS, "key=value for the node agent")
                                .understanding("max-pods", "container-log-max-size", "container-log-max-files"),
                        accepted("kube-proxy-arg", ARGUMENTS, "key=value for the service proxy"),
                        accepted("protect-kernel-defaults", SWITCH, "Fail where kernel settings differ"),
                        accepted("selinux", SWITCH, "Label containers for SELinux", "K3S_SELINUX"),
                        acting("lb-server-port", VALUE, "Local port to the API", "K3S_LB_SERVER_PORT"),
                        accepted("vpn-auth", SECRET, "Credentials of a VPN", "K3S_VPN_AUTH"),
                        accepted("vpn-auth-file", VALUE, "File with credentials of a VPN", "K3S_VPN_AUTH_FILE")));
    }

    private static Group runtime() {
        return new Group(
                "Container runtime",
                List.of(
                        accepted("container-runtime-endpoint", VALUE, "Socket of another runtime"),
                        accepted("image-service-endpoint", VALUE, "Socket of another image service"),
                        accepted("default-runtime", VALUE, "Default runtime of containerd"),
                        accepted("disable-default-registry-endpoint", SWITCH, "Use configured registries alone"),
                        accepted("nonroot-devices", SWITCH, "Let non-root containers use devices"),
                        acting("pause-image", VALUE, "Image of the pod sandbox"),
                        accepted("snapshotter", VALUE, "Snapshotter of containerd (default overlayfs)"),
                        acting("private-registry", VALUE, "Registries file (default /etc/rancher/k3s/registries.yaml)"),
                        accepted(
                                "system-default-registry",
                                VALUE,
                                "Registry of system images",
                                "K3S_SYSTEM_DEFAULT_REGISTRY"),
                        accepted("image-credential-provider-bin-dir", VALUE, "Credential providers"),
                        accepted("image-credential-provider-config", VALUE, "Their configuration"),
                        accepted("prefer-bundled-bin", SWITCH, "Prefer packed tools to the host's"),
                        accepted("docker", SWITCH, "Use Docker")));
    }

    private static Group logging() {
        return new Group(
                "Logging",
                List.of(
                        acting("debug", SWITCH, "Say more", "K3S_DEBUG"),
                        accepted("v", VALUE, "Level of detail"),
                        accepted("vmodule", VALUE, "Level of detail per part"),
                        acting("log", VALUE, "Log into this file; at 10 MB it is set aside, and four are kept")
                                .alias("l"),
                        acting("alsologtostderr", SWITCH, "Log to standard error as well")));
    }

    private static Group later() {
        return new Group(
                "Experimental",
                List.of(
                        accepted("rootless", SWITCH, "Run without root"),
                        accepted("enable-pprof", SWITCH, "Serve profiles"),
                        accepted("disable-apiserver-lb", SWITCH, "Use no local load balancer")));
    }

    private static Group agentLater() {
        return new Group(
                "Experimental",
                List.of(
                        accepted("rootless", SWITCH, "Run without root"),
                        accepted("bind-address", VALUE, "Address of the node agent"),
                        accepted("enable-pprof", SWITCH, "Serve profiles"),
                        acting("disable-apiserver-lb", SWITCH, "Know no server but the one given by --server")));
    }
}
