package io.kvorum.node.config;

import io.kvorum.node.config.ServerConfig.AdminKubeconfig;
import io.kvorum.node.config.ServerConfig.Admission;
import io.kvorum.node.config.ServerConfig.Listener;
import io.kvorum.node.config.ServerConfig.Network;
import io.kvorum.node.config.ServerConfig.NodeSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns settings into a {@link ServerConfig}; each default is written here, once. */
public final class ServerConfigReader {
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9./_-]+=[A-Za-z0-9._-]*");
    private static final Pattern TAINT =
            Pattern.compile("[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)");

    private final Settings settings;
    private final Machine machine;

    private ServerConfigReader(Settings settings, Machine machine) {
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
        NodeSettings node = node();
        return new ServerConfig(
                Path.of(settings.text("data-dir", "/var/lib/rancher/k3s")).toAbsolutePath(),
                listener(node),
                new Admission(secret("token"), secret("agent-token")),
                kubeconfig(),
                network(),
                node,
                !settings.isOn("disable-agent"),
                arguments("kube-apiserver-arg"),
                arguments("etcd-arg"),
                arguments("kube-controller-manager-arg"),
                arguments("kube-scheduler-arg"),
                settings.isOn("debug"));
    }

    private Listener listener(NodeSettings node) {
        int port = settings.port("https-listen-port", 6443);
        return new Listener(
                address("bind-address", "0.0.0.0"),
                port,
                address("advertise-address", node.address()),
                settings.port("advertise-port", port),
                settings.list("tls-san"));
    }

    private NodeSettings node() {
        String name = settings.text("node-name", machine.hostName());
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
                labels,
                taints,
                settings.text("pause-image").orElse(null),
                settings.text("resolv-conf").map(Path::of).orElse(null),
                arguments("kubelet-arg"));
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
                settings.parsed(
                        "write-kubeconfig-mode", ServerConfigReader::mode, "an octal mode such as 644", "rw-------"),
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

    private String address(String name, String otherwise) {
        return settings.parsed(name, text -> InetAddress.ofLiteral(text).getHostAddress(), "an IP address", otherwise);
    }

    /** A secret given itself or as the name of the file that holds it. */
    private @Nullable String secret(String name) {
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
