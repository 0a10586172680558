package io.kvorum.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labels this server's Node with its roles, and notes there which member of the store runs on it, as K3s does. The node agent may not do it, since a node that could would promote itself; so
 * the server does, on a virtual thread of its own, as soon as the Node is there.
 */
final class NodeRoles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRoles.class);
    private static final List<String> ROLES =
            List.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/etcd");
    private static final Duration RETRY = Duration.ofMillis(500);

    private final KubernetesClient client;
    private final String nodeName;
    private final Map<String, String> annotations;
    private final CountDownLatch closing = new CountDownLatch(1);

    NodeRoles(KubernetesClient client, String nodeName, String memberName, String address) {
        this.client = client;
        this.nodeName = nodeName;
        this.annotations = new TreeMap<>(
                Map.of(MemberSync.MEMBER_ANNOTATION, memberName, "etcd.k3s.cattle.io/node-address", address));
        Thread.ofVirtual().name("node-roles").start(this::run);
    }

    private void run() {
        try {
            while (!isLabelled() && !closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                label();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isLabelled() {
        try {
            Node node = client.nodes().withName(nodeName).get();
            return node != null
                    && hasRoles(node.getMetadata().getLabels())
                    && node.getMetadata().getAnnotations() != null
                    && node.getMetadata().getAnnotations().entrySet().containsAll(annotations.entrySet());
        } catch (KubernetesClientException e) {
            LOG.atDebug().setCause(e).log("node cannot be read yet");
            return false;
        }
    }

    private static boolean hasRoles(Map<String, String> labels) {
        return labels != null && ROLES.stream().allMatch(role -> "true".equals(labels.get(role)));
    }

    private void label() {
        try {
            if (client.nodes().withName(nodeName).get() != null) {
                client.nodes().withName(nodeName).edit(this::withRoles);
            }
        } catch (KubernetesClientException e) {
            LOG.atDebug().setCause(e).log("node cannot be labelled yet");
        }
    }

    private Node withRoles(Node node) {
        var builder = new NodeBuilder(node).editMetadata();
        ROLES.forEach(role -> builder.addToLabels(role, "true"));
        builder.addToAnnotations(annotations);
        // of the member that was here before, if any
        builder.removeFromAnnotations(MemberSync.REMOVE_ANNOTATION);
        builder.removeFromAnnotations(MemberSync.REMOVED_ANNOTATION);
        return builder.endMetadata().build();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
