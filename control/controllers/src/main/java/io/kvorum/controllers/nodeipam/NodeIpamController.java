package io.kvorum.controllers.nodeipam;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives each node one free range of pod addresses per cluster range. Reads nodes; writes their podCIDR(s) once. */
public final class NodeIpamController extends KeyedController {
    private final ControllerContext context;
    private final List<CidrRange> ranges;
    private final int maskIpv4;
    private final int maskIpv6;
    private final Informer<Node> nodes;

    /** Given out by the one worker, but perhaps not yet seen in the informer. */
    private final Map<String, List<String>> given = new HashMap<>();

    public NodeIpamController(ControllerContext context, List<String> clusterCidrs, int maskIpv4, int maskIpv6) {
        super("nodeipam", 1);
        this.context = context;
        this.ranges = clusterCidrs.stream().map(CidrRange::parse).toList();
        this.maskIpv4 = maskIpv4;
        this.maskIpv6 = maskIpv6;
        this.nodes = context.informers().of(Node.class);
        follow(nodes);
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Node> found = nodes.find(key);
        if (found.isEmpty()) {
            given.remove(key.name());
            return Result.done();
        }
        Node node = found.get();
        boolean hasRange = node.getSpec() != null && node.getSpec().getPodCIDR() != null;
        if (hasRange || node.getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        List<String> chosen = given.containsKey(key.name()) ? given.get(key.name()) : choose();
        if (chosen.size() < ranges.size()) {
            context.events()
                    .normal(node, "CIDRNotAvailable", "Node " + key.name() + " status is now: CIDRNotAvailable");
            throw new IllegalStateException("no free pod address range is left for node " + key.name()
                    + "; widen --cluster-cidr or shrink the node mask");
        }
        given.put(key.name(), chosen);
        Map<String, Object> spec = Map.of("podCIDR", chosen.getFirst(), "podCIDRs", chosen);
        context.api().mergePatch(Node.class, key, Serialization.asJson(Map.of("spec", spec)));
        return Result.done();
    }

    private List<String> choose() {
        Set<String> taken = nodes.all().stream()
                .filter(node -> node.getSpec() != null)
                .flatMap(node -> node.getSpec().getPodCIDRs().stream())
                .collect(Collectors.toSet());
        given.values().forEach(taken::addAll);
        List<String> chosen = new ArrayList<>();
        for (CidrRange range : ranges) {
            int mask = range.isIpv6() ? maskIpv6 : maskIpv4;
            for (int number = 0; number < range.count(mask); number++) {
                String part = range.part(number, mask);
                if (!taken.contains(part)) {
                    chosen.add(part);
                    break;
                }
            }
        }
        return chosen;
    }
}
