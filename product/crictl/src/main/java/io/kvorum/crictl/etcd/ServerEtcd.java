package io.kvorum.crictl.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerMetadata;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ContainerStatusResponse;
import io.kvorum.cri.runtime.ImageSpec;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxMetadata;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.cri.runtime.PodSandboxStatusResponse;
import io.kvorum.crictl.session.Failure;
import io.kvorum.etcdctl.Etcdctl;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The etcd that runs inside this node's server, described as the container that it is where etcd has a pod of its own, so
 * that {@code crictl exec $(crictl ps --name etcd -q) etcdctl ...} works. The runtime knows nothing of it. Immutable.
 */
public final class ServerEtcd {
    public static final String NAME = "etcd";
    public static final String NAMESPACE = "kube-system";
    public static final String IMAGE = "kvorum-etcd";

    private static final int CLIENT_PORT = 2379;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String INSIDE = "etcd runs inside the server's process";
    private static final String SUFFIX = "-[0-9a-f]{8}$";

    private final Path tls;
    private final String member;
    private final Optional<Instant> startedAt;
    private final Instant createdAt;

    private ServerEtcd(Path tls, String member, Optional<Instant> startedAt, Instant createdAt) {
        this.tls = tls;
        this.member = member;
        this.startedAt = startedAt;
        this.createdAt = createdAt;
    }

    /** The one that keeps its data below that folder; empty without one, or for somebody who may not read there. */
    public static Optional<ServerEtcd> find(Path dataFolder) {
        return find(dataFolder, CLIENT_PORT);
    }

    static Optional<ServerEtcd> find(Path dataFolder, int port) {
        Path tls = dataFolder.resolve("server/tls/etcd");
        Path name = dataFolder.resolve("server/db/etcd/name");
        if (!Files.isReadable(tls.resolve("client.key")) || !Files.isReadable(name)) {
            return Optional.empty();
        }
        try {
            Instant made = Files.getLastModifiedTime(name).toInstant();
            Optional<Instant> since = answers(port)
                    ? Optional.of(ServerProcess.startOf(dataFolder).orElse(made))
                    : Optional.empty();
            return Optional.of(new ServerEtcd(tls, Files.readString(name).strip(), since, since.orElse(made)));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), (int) PATIENCE.toMillis());
            return true;
        } catch (IOException silent) {
            return false;
        }
    }

    /** The same on this node for as long as the member lives. */
    public String id() {
        return digest("container " + member);
    }

    public String podId() {
        return digest("pod " + member);
    }

    /** Whether these first characters of an id, or all of them, are this container's. */
    public boolean isNamedBy(String idOrPrefix) {
        return !idOrPrefix.isEmpty() && id().startsWith(idOrPrefix);
    }

    public boolean isPodNamedBy(String idOrPrefix) {
        return !idOrPrefix.isEmpty() && podId().startsWith(idOrPrefix);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public Container container() {
        return Container.newBuilder()
                .setId(id())
                .setPodSandboxId(podId())
                .setMetadata(ContainerMetadata.newBuilder().setName(NAME))
                .setImage(ImageSpec.newBuilder().setImage(IMAGE))
                .setImageRef(IMAGE)
                .setState(state())
                .setCreatedAt(nanoseconds(createdAt))
                .putAllLabels(labels(true))
                .build();
    }

    public PodSandbox pod() {
        return PodSandbox.newBuilder()
                .setId(podId())
                .setMetadata(podMetadata())
                .setState(podState())
                .setCreatedAt(nanoseconds(createdAt))
                .putAllLabels(labels(false))
                .build();
    }

    public ContainerStatusResponse containerStatus(boolean verbose) {
        ContainerStatus.Builder status = ContainerStatus.newBuilder()
                .setId(id())
                .setMetadata(ContainerMetadata.newBuilder().setName(NAME))
                .setState(state())
                .setCreatedAt(nanoseconds(createdAt))
                .setStartedAt(nanoseconds(createdAt))
                .setImage(ImageSpec.newBuilder().setImage(IMAGE))
                .setImageRef(IMAGE)
                .setMessage(INSIDE)
                .putAllLabels(labels(true));
        ContainerStatusResponse.Builder response =
                ContainerStatusResponse.newBuilder().setStatus(status);
        if (verbose) {
            response.putInfo("member", member).putInfo("certificates", tls.toString());
        }
        return response.build();
    }

    public PodSandboxStatusResponse podStatus(boolean verbose) {
        PodSandboxStatusResponse.Builder response = PodSandboxStatusResponse.newBuilder()
                .setStatus(PodSandboxStatus.newBuilder()
                        .setId(podId())
                        .setMetadata(podMetadata())
                        .setState(podState())
                        .setCreatedAt(nanoseconds(createdAt))
                        .putAllLabels(labels(false)));
        if (verbose) {
            response.putInfo("member", member);
        }
        return response.build();
    }

    private PodSandboxMetadata podMetadata() {
        return PodSandboxMetadata.newBuilder()
                .setName(podName())
                .setUid(podId().substring(0, 32))
                .setNamespace(NAMESPACE)
                .build();
    }

    private String podName() {
        return "etcd-" + member.replaceFirst(SUFFIX, "");
    }

    private ContainerState state() {
        return startedAt.isPresent() ? ContainerState.CONTAINER_RUNNING : ContainerState.CONTAINER_EXITED;
    }

    private PodSandboxState podState() {
        return startedAt.isPresent() ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
    }

    private Map<String, String> labels(boolean ofContainer) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("component", "etcd");
        labels.put("tier", "control-plane");
        labels.put("io.kubernetes.pod.name", podName());
        labels.put("io.kubernetes.pod.namespace", NAMESPACE);
        labels.put("io.kubernetes.pod.uid", podId().substring(0, 32));
        if (ofContainer) {
            labels.put("io.kubernetes.container.name", NAME);
        }
        return labels;
    }

    private static long nanoseconds(Instant moment) {
        return Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000_000L), moment.getNano());
    }

    /** Runs the built-in etcdctl with the server's own certificates, unless the caller names others; its exit code. */
    public int exec(
            List<String> command, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        Path program = Path.of(command.getFirst()).getFileName();
        if (program == null || !program.toString().equals("etcdctl")) {
            throw new Failure(
                    126, INSIDE + "; only etcdctl can be run in it, not \"%s\"".formatted(command.getFirst()));
        }
        String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
        return Etcdctl.run(arguments, preset(environment), in, out, err);
    }

    /** The caller's variables, and where they are silent, what reaches this etcd. */
    Map<String, String> preset(Map<String, String> environment) {
        Map<String, String> preset = new TreeMap<>(environment);
        preset.putIfAbsent("ETCDCTL_ENDPOINTS", "https://127.0.0.1:" + CLIENT_PORT);
        preset.putIfAbsent("ETCDCTL_CACERT", tls.resolve("server-ca.crt").toString());
        if (!environment.containsKey("ETCDCTL_CERT") && !environment.containsKey("ETCDCTL_KEY")) {
            preset.put("ETCDCTL_CERT", tls.resolve("client.crt").toString());
            preset.put("ETCDCTL_KEY", tls.resolve("client.key").toString());
        }
        return preset;
    }

    /** Why this cannot be done to it. */
    public Failure refusal(String act) {
        return new Failure(
                INSIDE + " and cannot be %s alone; stop the server instead: systemctl stop k3s".formatted(act));
    }

    public Failure noLogOfItsOwn() {
        return new Failure(INSIDE + " and writes to the server's log: journalctl -u k3s");
    }

    public Failure unsupported(String act) {
        return new Failure(INSIDE + "; crictl cannot %s it".formatted(act));
    }
}
