package io.kvorum.node.config;

import io.kvorum.node.config.ServerConfig.AdminKubeconfig;
import io.kvorum.node.config.ServerConfig.Admission;
import io.kvorum.node.config.ServerConfig.Cluster;
import io.kvorum.node.config.ServerConfig.Listener;
import io.kvorum.node.config.ServerConfig.Network;
import io.kvorum.node.config.ServerConfig.NodeSettings;
import io.kvorum.node.config.ServerConfig.Recovery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns settings into a {@link ServerConfig}; each default is written here, once. */
public final class ServerConfigReader {
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9./_-]+=[A-Za-z0-9._-]*");
    private static final Pattern TAINT =
            Pattern.compile("[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)");

    /** Stands for an address that was given wrongly, which is reported as a problem. */
    private static final URI NOWHERE = URI.create("https://nowhere.invalid");

    private static final List<String> CRITICAL_SWITCHES = List.of(
            "disable-cloud-controller",
            "disable-helm-controller",
            "disable-network-policy",
            Cluster.EDGE_FAIL_OVER,
            "embedded-registry",
            "flannel-external-ip",
            "flannel-ipv6-masq",
            Cluster.SECRETS_ENCRYPTION);

    private final Settings settings;
    private final Machine machine;

    ServerConfigReader(Settings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
    }

    /** @throws ConfigurationProblems everything that is wrong, at once */
    public static ServerConfig read(Settings settings, Machine machine) {
        ServerConfig config = new ServerConfigReader(settings, machine).read();
        settings.refuseIfProblematic();
        return config;
    }

    private ServerConfig read() {
        refuseOtherStores();
        NodeSettings node = node();
        Network network = network();
        return new ServerConfig(
                Path.of(settings.text("data-dir", "/var/lib/rancher/k3s")).toAbsolutePath(),
                listener(node),
                new Admission(secret("token"), secret("agent-token")),
                cluster(network),
                kubeconfig(),
                network,
                node,
                !settings.isOn("disable-agent"),
                settings.list("disable"),
                arguments("kube-apiserver-arg"),
                arguments("etcd-arg"),
                arguments("kube-controller-manager-arg"),
                arguments("kube-scheduler-arg"),
                settings.isOn("debug"),
                new SnapshotSettingsReader(settings).read(),
                recovery());
    }

    /** Beginning with an empty store of its own would look as if all had been lost. */
    private void refuseOtherStores() {
        if (settings.isSet("datastore-endpoint")) {
            settings.problem(
                    "--datastore-endpoint (K3S_DATASTORE_ENDPOINT) names an external datastore, which this version"
                            + " cannot use; leave it out, and the server keeps its data in its embedded etcd");
        }
    }

    private Recovery recovery() {
        boolean isReset = settings.isOn("cluster-reset");
        String snapshot = settings.text("cluster-reset-restore-path").orElse(null);
        if (snapshot != null && !isReset) {
            settings.problem("--cluster-reset-restore-path needs --cluster-reset");
        }
        if (isReset && settings.isSet("server")) {
            settings.problem("--cluster-reset makes this server the only one; leave --server (K3S_URL) out");
        }
        return new Recovery(isReset, snapshot);
    }

    private Listener listener(NodeSettings node) {
        int port = settings.port("https-listen-port", 6443);
        return new Listener(
                address("bind-address", "0.0.0.0"),
                port,
                address("advertise-address", node.address()),
                settings.port("advertise-port", port),
                settings.list("tls-san"),
                isStrictAboutNames(),
                settings.isOn("etcd-expose-metrics"));
    }

    /** K3s's switch, which here also takes the word that it means. */
    private boolean isStrictAboutNames() {
        return settings.text("tls-san-security")
                .filter(value -> value.equals("strict") || value.equals("true"))
                .isPresent();
    }

    private Cluster cluster(Network network) {
        String backend = settings.text("flannel-backend", "vxlan");
        return new Cluster(server(), settings.isOn("cluster-init"), backend, critical(network, backend));
    }

    /** The server to join; null for none. */
    @Nullable
    URI server() {
        return settings.isSet("server")
                ? settings.parsed(
                        "server", ServerConfigReader::serverUrl, "a URL such as https://10.0.0.1:6443", NOWHERE)
                : null;
    }

    private static URI serverUrl(String text) {
        URI url = URI.create(text.strip());
        if (!"https".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException(text);
        }
        return url.getPort() < 0
                ? URI.create("https://" + url.getHost() + ":443")
                : URI.create("https://" + url.getAuthority());
    }

    /** K3s's list: servers that differ in one of these would not be one cluster. */
    private SortedMap<String, String> critical(Network network, String backend) {
        SortedMap<String, String> critical = new TreeMap<>();
        critical.put("cluster-cidr", network.clusterCidr().toString());
        critical.put("service-cidr", network.serviceCidr().toString());
        critical.put("cluster-dns", network.clusterDns());
        critical.put("cluster-domain", network.clusterDomain());
        critical.put("flannel-backend", backend);
        critical.put(Cluster.EGRESS, settings.text(Cluster.EGRESS, "agent"));
        critical.put(Cluster.SECRETS_PROVIDER, settings.text(Cluster.SECRETS_PROVIDER, "aescbc"));
        critical.put(
                "disable=servicelb", Boolean.toString(settings.list("disable").contains("servicelb")));
        for (String flag : CRITICAL_SWITCHES) {
            critical.put(flag, Boolean.toString(settings.isOn(flag)));
        }
        return critical;
    }

    NodeSettings node() {
        String name = settings.text("node-name", machine.hostName()).toLowerCase(Locale.ROOT);
        if (settings.isOn("with-node-id")) {
            name = name + "-" + machine.nodeId().get();
        }
        if (!HOST_NAME.matcher(name).matches()) {
            settings.problem(
                    "--node-name must be lower-case letters, digits, \"-\" and \".\", not \"%s\"".formatted(name));
        }
        List<String> labels = settings.list("node-label");
        labels.stream()
                .filter(label -> !LABEL.matcher(label).matches())
                .forEach(label -> settings.problem("--node-label must be key=value, not \"%s\"".formatted(label)));
        List<String> taints = settings.list("node-taint");
        taints.stream()
                .filter(taint -> !TAINT.matcher(taint).matches())
                .forEach(taint -> settings.problem(
                        "--node-taint must be key=value:NoSchedule (or PreferNoSchedule, NoExecute), not \"%s\""
                                .formatted(taint)));
        return new NodeSettings(
                name,
                settings.isSet("node-ip")
                        ? address("node-ip", "")
                        : machine.address().get(),
                addresses("node-external-ip"),
                labels,
                taints,
                settings.text("pause-image").orElse(null),
                settings.text("resolv-conf").map(Path::of).orElse(null),
                arguments("kubelet-arg"),
                Path.of(settings.text("private-registry", "/etc/rancher/k3s/registries.yaml")));
    }

    private Network network() {
        Cidr pods = settings.parsed(
                "cluster-cidr", Cidr::parse, "an IPv4 range such as 10.42.0.0/16", Cidr.parse("10.42.0.0/16"));
        Cidr services = settings.parsed(
                "service-cidr", Cidr::parse, "an IPv4 range such as 10.43.0.0/16", Cidr.parse("10.43.0.0/16"));
        int[] ports = settings.parsed(
                "service-node-port-range", ServerConfigReader::portRange, "a range such as 30000-32767", new int[] {
                    30000, 32767
                });
        String dns = address("cluster-dns", services.address(10));
        if (!services.contains(dns)) {
            settings.problem("--cluster-dns %s must be inside --service-cidr %s".formatted(dns, services));
        }
        return new Network(pods, services, ports[0], ports[1], dns, settings.text("cluster-domain", "cluster.local"));
    }

    private static int[] portRange(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException(text);
        }
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[1]);
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException(text);
        }
        return new int[] {first, last};
    }

    private AdminKubeconfig kubeconfig() {
        return new AdminKubeconfig(
                Path.of(settings.text("write-kubeconfig", "/etc/rancher/k3s/k3s.yaml")),
                settings.text("write-kubeconfig-mode").isEmpty()
                        ? null
                        : settings.parsed(
                                "write-kubeconfig-mode", ServerConfigReader::mode, "an octal mode such as 644", ""),
                settings.text("write-kubeconfig-group").orElse(null));
    }

    private static String mode(String octal) {
        int bits = Integer.parseInt(octal, 8);
        if (bits < 0 || bits > 0777) {
            throw new IllegalArgumentException(octal);
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwnerRead = PosixFilePermission.values();
        for (int i = 0; i < 9; i++) {
            if ((bits & (0400 >> i)) != 0) {
                permissions.add(fromOwnerRead[i]);
            }
        }
        return PosixFilePermissions.toString(permissions);
    }

    private List<String> addresses(String name) {
        List<String> found = new ArrayList<>();
        for (String text : settings.list(name)) {
            try {
                found.add(InetAddress.ofLiteral(text).getHostAddress());
            } catch (IllegalArgumentException e) {
                settings.problem("--%s must be an IP address, not \"%s\"".formatted(name, text));
            }
        }
        return found;
    }

    private String address(String name, String otherwise) {
        return settings.parsed(name, text -> InetAddress.ofLiteral(text).getHostAddress(), "an IP address", otherwise);
    }

    /** A secret given itself or as the name of the file that holds it. */
    @Nullable
    String secret(String name) {
        Optional<String> direct = settings.text(name);
        if (direct.isPresent()) {
            return direct.get();
        }
        Optional<String> file = settings.text(name + "-file");
        if (file.isEmpty()) {
            return null;
        }
        try {
            String text = Files.readString(Path.of(file.get())).strip();
            if (text.isEmpty()) {
                settings.problem("--%s-file %s is empty".formatted(name, file.get()));
            }
            return text;
        } catch (IOException e) {
            settings.problem("--%s-file %s cannot be read: %s".formatted(name, file.get(), e));
            return null;
        }
    }

    private Map<String, String> arguments(String name) {
        Map<String, String> map = new TreeMap<>();
        for (String argument : settings.list(name)) {
            String bare = argument.startsWith("--") ? argument.substring(2) : argument;
            int equals = bare.indexOf('=');
            if (equals < 1) {
                settings.problem("--%s must be key=value, not \"%s\"".formatted(name, argument));
            } else {
                map.put(bare.substring(0, equals), bare.substring(equals + 1));
            }
        }
        return map;
    }
}
