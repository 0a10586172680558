package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.kubelet.NodeAgentConfig;
import io.kvorum.kubelet.linux.MachineFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps this node present in the API: registers it, renews its lease, every 10 s as a rule, and reports its status when it changes or
 * every 5 minutes. {@link #register} blocks its caller; the rest happens on threads of its own until {@link #close}.
 */
public final class NodePresence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodePresence.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LEASE_SECONDS = 40;
    private static final Duration LOOK = Duration.ofSeconds(2);
    /** While pods cannot run, so that it shows at once when they can. */
    private static final Duration TROUBLED_LOOK = Duration.ofMillis(200);

    private static final Duration REPORT = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final String LEASES = "kube-node-lease";

    private final NodeAgentConfig config;
    private final ObjectApi api;
    private final NodeView view;
    private final Supplier<NodeHealth> health;
    private final Supplier<String> runtimeVersion;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private NodeStatus reported = new NodeStatus();
    private Instant reportedAt = Instant.EPOCH;
    private boolean isTroubled = true;

    public NodePresence(
            NodeAgentConfig config,
            ObjectApi api,
            String hostName,
            Supplier<NodeHealth> health,
            Supplier<String> runtimeVersion,
            InstantSource clock) {
        this.config = config;
        this.api = api;
        this.view = new NodeView(config, new MachineFacts(), hostName);
        this.health = health;
        this.runtimeVersion = runtimeVersion;
        this.clock = clock;
    }

    /** Returns when the Node object stands in the API with its first status; false when closed before. */
    public boolean register() {
        while (closing.getCount() > 0) {
            try {
                Node node = registered();
                reported = Optional.ofNullable(node.getStatus()).orElseGet(NodeStatus::new);
                report();
                renewLease();
                Thread.ofVirtual()
                        .name("node-lease")
                        .start(() -> repeat(() -> config.limits().leaseRenewal(), this::renewLease));
                Thread.ofVirtual().name("node-status").start(() -> repeat(this::look, this::report));
                return true;
            } catch (RuntimeException notYet) {
                LOG.atWarn().addKeyValue("why", Reason.of(notYet)).log("node cannot be registered yet");
                pause(RETRY);
            }
        }
        return false;
    }

    private Node registered() {
        ObjectKey key = ObjectKey.ofCluster(config.identity().name());
        api.createIfAbsent(view.fresh());
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = patch.putObject("metadata");
        ObjectNode labels = metadata.putObject("labels");
        view.labels().forEach(labels::put);
        ObjectNode annotations = metadata.putObject("annotations");
        view.annotations().forEach(annotations::put);
        return api.mergePatch(Node.class, key, JSON.writeValueAsString(patch))
                .orElseThrow(() -> new IllegalStateException("node object vanished while it was registered"));
    }

    /** Reports what changed; on the status thread only, after registration. */
    private void report() {
        Instant now = clock.instant();
        NodeHealth found = health.get();
        isTroubled = found.trouble().isPresent();
        NodeStatus status = view.status(found, runtimeVersion.get(), reported, now);
        boolean changed = NodeView.differ(status, reported);
        if (!changed && reportedAt.plus(REPORT).isAfter(now)) {
            return;
        }
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.set(
                "status",
                JSON.readTree(api.client().getKubernetesSerialization().asJson(status)));
        ObjectKey key = ObjectKey.ofCluster(config.identity().name());
        if (api.mergePatchStatus(Node.class, key, JSON.writeValueAsString(patch))
                .isPresent()) {
            reported = status;
            reportedAt = now;
        } else {
            LOG.atWarn()
                    .addKeyValue("node", config.identity().name())
                    .log("node object was deleted, registering again");
            registered();
        }
    }

    private void renewLease() {
        ObjectKey key = new ObjectKey(LEASES, config.identity().name());
        ZonedDateTime now = ZonedDateTime.ofInstant(clock.instant().truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
        try {
            Optional<Lease> renewed =
                    api.mergePatch(Lease.class, key, "{\"spec\":{\"renewTime\":\"%s\"}}".formatted(microTime(now)));
            if (renewed.isEmpty()) {
                api.createIfAbsent(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(LEASES)
                        .withName(config.identity().name())
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(config.identity().name())
                        .withLeaseDurationSeconds(LEASE_SECONDS)
                        .withRenewTime(now)
                        .endSpec()
                        .build());
            }
        } catch (KubernetesClientException failure) {
            LOG.atWarn().addKeyValue("why", Reason.of(failure)).log("node lease cannot be renewed");
        }
    }

    private static String microTime(ZonedDateTime time) {
        return java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                .format(time);
    }

    private Duration look() {
        return isTroubled ? TROUBLED_LOOK : LOOK;
    }

    private void repeat(Supplier<Duration> period, Runnable act) {
        while (!pause(period.get())) {
            try {
                act.run();
            } catch (RuntimeException failure) {
                LOG.atWarn().addKeyValue("why", Reason.of(failure)).log("node cannot report, will try again");
            }
        }
    }

    private boolean pause(Duration time) {
        try {
            return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
