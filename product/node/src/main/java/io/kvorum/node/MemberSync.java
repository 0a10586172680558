package io.kvorum.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Informers;
import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.raft.MemberId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a member of the store go with its Node, while this server leads: when the Node is deleted, or annotated for
 * removal as K3s has it. A finalizer holds the Node until the member is gone, so that no change of leader forgets it.
 */
final class MemberSync implements AutoCloseable {
    static final String MEMBER_ANNOTATION = "etcd.k3s.cattle.io/node-name";
    static final String REMOVE_ANNOTATION = "etcd.k3s.cattle.io/remove";
    static final String REMOVED_ANNOTATION = "etcd.k3s.cattle.io/removed-node-name";

    private static final Logger LOG = LoggerFactory.getLogger(MemberSync.class);
    private static final String FINALIZER = "wrangler.cattle.io/managed-etcd-controller";
    /** K3s puts this one on Nodes as well; in a cluster that comes from there nobody else would take it off. */
    private static final List<String> ENDED_WITH_THE_NODE = List.of(FINALIZER, "wrangler.cattle.io/node");

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final EmbeddedStore store;
    /** A Node that changes often may stand in it several times; past the bound it is looked at when it changes again. */
    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>(4096);

    private final Thread thread;

    private record Change(String node, boolean isGone) {}

    /** Before the informers start. */
    MemberSync(KubernetesClient client, Informers informers, EmbeddedStore store) {
        this.client = client;
        this.store = store;
        informers.of(Node.class).onChange((before, after) -> {
            if (after == null && before != null) {
                changes.offer(new Change(before.getMetadata().getName(), true));
            } else if (after != null && concernsUs(after)) {
                changes.offer(new Change(after.getMetadata().getName(), false));
            }
        });
        this.thread = Thread.ofVirtual().name("member-sync").start(this::run);
    }

    private static boolean concernsUs(Node node) {
        boolean isHeld = node.getMetadata().getFinalizers().stream().anyMatch(ENDED_WITH_THE_NODE::contains);
        return node.getMetadata().getDeletionTimestamp() != null
                ? isHeld
                : (!memberOf(node).isEmpty() && !isHeld) || isRemovalDue(node);
    }

    private static String annotation(Node node, String name) {
        Map<String, String> annotations = node.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(name, "");
    }

    private static String memberOf(Node node) {
        return annotation(node, MEMBER_ANNOTATION);
    }

    private static boolean isRemovalDue(Node node) {
        return annotation(node, REMOVE_ANNOTATION).equals("true")
                && !annotation(node, REMOVED_ANNOTATION).equals(memberOf(node));
    }

    private void run() {
        try {
            while (true) {
                Change change = changes.take();
                try {
                    look(change);
                } catch (KubernetesClientException | StoreException e) {
                    LOG.atWarn()
                            .addKeyValue("node", change.node())
                            .addKeyValue("reason", e.getMessage())
                            .log("a server's member cannot follow its node yet, trying again");
                    TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
                    changes.offer(change);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Change change) {
        if (change.isGone()) {
            forgetPassword(change.node());
            return;
        }
        Node node = client.nodes().withName(change.node()).get();
        if (node == null) {
            return;
        }
        if (node.getMetadata().getDeletionTimestamp() != null) {
            if (!isMemberGone(memberOf(node), change.node())) {
                return;
            }
            edit(
                    change.node(),
                    builder -> builder.editMetadata()
                            .removeAllFromFinalizers(ENDED_WITH_THE_NODE)
                            .endMetadata());
        } else if (isRemovalDue(node)) {
            if (!isMemberGone(memberOf(node), change.node())) {
                return;
            }
            edit(
                    change.node(),
                    builder -> builder.editMetadata()
                            .addToAnnotations(REMOVED_ANNOTATION, memberOf(node))
                            .endMetadata());
        } else if (!node.getMetadata().getFinalizers().contains(FINALIZER)) {
            edit(
                    change.node(),
                    builder -> builder.editMetadata().addToFinalizers(FINALIZER).endMetadata());
        }
    }

    private void edit(String node, java.util.function.UnaryOperator<NodeBuilder> change) {
        client.nodes()
                .withName(node)
                .edit(present -> change.apply(new NodeBuilder(present)).build());
    }

    /**
     * Removes it, unless somebody has done so in whatever way: a member that is not there is no error.
     *
     * @return false when that is for the next leader to do
     */
    private boolean isMemberGone(String name, String node) {
        Optional<ClusterMember> member = store.members().all().stream()
                .filter(one -> !name.isEmpty() && one.name().equals(name))
                .findFirst();
        if (member.isEmpty()) {
            return true;
        }
        MemberId id = member.get().id();
        if (id.equals(store.upkeep().self())) {
            return !isHandedOn(id);
        }
        store.members().remove(id);
        LOG.atWarn().addKeyValue("node", node).addKeyValue("member", id).log("a server left the cluster with its node");
        return true;
    }

    /** The leader does not remove itself: the next one does, unless there is none. */
    private boolean isHandedOn(MemberId self) {
        Optional<ClusterMember> next = store.members().all().stream()
                .filter(one -> !one.id().equals(self) && !one.isLearner())
                .findFirst();
        if (next.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("member", self)
                    .log("the only server stays a member, whatever happens to its node");
            return false;
        }
        store.upkeep().moveLeader(next.get().id());
        return true;
    }

    /** Whoever comes next under this name is another machine. */
    private void forgetPassword(String node) {
        client.secrets()
                .inNamespace("kube-system")
                .withName(node.toLowerCase(Locale.ROOT) + ".node-password.k3s")
                .delete();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
