package io.kvorum.network.overlay;

import io.fabric8.kubernetes.api.model.Node;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ways to the pods of all other nodes. Made before the informers start, started after; its own thread does the
 * work. Closing leaves routes and device, so that pods go on while the process restarts.
 */
public final class NodeOverlay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeOverlay.class);
    private static final Duration GATHER = Duration.ofMillis(50);
    private static final Duration RETRY = Duration.ofSeconds(10);
    /** Somebody may have changed routes by hand, or the uplink was away. */
    private static final Duration RENEWAL = Duration.ofMinutes(1);

    private final OverlayConfig config;
    private final Supplier<List<Node>> nodes;
    private final Consumer<String> annotate;
    /** One waiting change stands for all. */
    private final BlockingQueue<Boolean> changed = new ArrayBlockingQueue<>(1);

    private OverlayLinks links;
    private volatile boolean closed;
    private Thread worker = Thread.currentThread();

    /**
     * @param informers may read all nodes
     * @param api may change this node
     */
    public NodeOverlay(Informers informers, ObjectApi api, OverlayConfig config) {
        this(config, nodeInformer(informers), api);
    }

    private NodeOverlay(OverlayConfig config, Informer<Node> informer, ObjectApi api) {
        this(config, informer::all, patch -> api.mergePatch(Node.class, ObjectKey.ofCluster(config.nodeName()), patch));
        informer.onChange((before, after) -> changed.offer(true));
    }

    /** @param annotate takes a merge patch of this node */
    NodeOverlay(OverlayConfig config, Supplier<List<Node>> nodes, Consumer<String> annotate) {
        this.config = config;
        this.nodes = nodes;
        this.annotate = annotate;
        this.links = new OverlayLinks(config);
    }

    private static Informer<Node> nodeInformer(Informers informers) {
        return informers.of(Node.class);
    }

    public void start() {
        changed.offer(true);
        worker = Thread.ofVirtual().name("node-overlay").start(this::follow);
    }

    /** Nodes may have come, gone or moved. */
    void look() {
        changed.offer(true);
    }

    private void follow() {
        try {
            while (!closed) {
                if (changed.poll(RENEWAL.toMillis(), TimeUnit.MILLISECONDS) == null) {
                    links = new OverlayLinks(config);
                }
                Thread.sleep(GATHER);
                changed.clear();
                if (!apply()) {
                    Thread.sleep(RETRY);
                    changed.offer(true);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean apply() {
        try {
            for (Node node : nodes.get()) {
                if (node.getMetadata().getName().equals(config.nodeName())) {
                    if (node.getSpec() == null || node.getSpec().getPodCIDR() == null) {
                        return true; // its range comes with a change of the node
                    }
                    announce(node, links.ensureDevice(node.getSpec().getPodCIDR()));
                    links.connect(peers());
                    return true;
                }
            }
            return true;
        } catch (RuntimeException failure) {
            links = new OverlayLinks(config); // whatever stands now, the next attempt replaces it
            LOG.atError().setCause(failure).log("ways to other nodes cannot be set, will try again");
            return false;
        }
    }

    private void announce(Node node, String hardwareAddress) {
        SortedMap<String, String> wanted = Announcement.of(config, hardwareAddress);
        var known = node.getMetadata().getAnnotations();
        if (known == null || !known.entrySet().containsAll(wanted.entrySet())) {
            annotate.accept(Announcement.patch(wanted));
        }
    }

    private SortedMap<String, Peer> peers() {
        SortedMap<String, Peer> peers = new TreeMap<>();
        for (Node node : nodes.get()) {
            if (!node.getMetadata().getName().equals(config.nodeName())) {
                Peer.of(node, config.backend()).ifPresent(peer -> peers.put(peer.podCidr(), peer));
            }
        }
        return peers;
    }

    @Override
    public void close() {
        closed = true;
        worker.interrupt();
    }
}
