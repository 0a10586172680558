package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authz.Access.ToPath;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.Decision.Allowed;
import io.kvorum.apiserver.authz.Decision.Refused;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Lets a node do what a kubelet needs, and read only what its own pods refer to; any thread. */
final class NodeAuthorizer {
    private static final String PREFIX = "system:node:";
    private static final List<String> READS = List.of("get", "list", "watch");
    private static final Decision ALLOWED = new Allowed("node");

    private final NodeFeed feed;
    private final ClusterObjects objects;
    private final List<PolicyRule> rules;

    /** @param rules what every node may do whatever runs on it */
    NodeAuthorizer(NodeFeed feed, ClusterObjects objects, List<PolicyRule> rules) {
        this.feed = feed;
        this.objects = objects;
        this.rules = List.copyOf(rules);
    }

    /** The node's name when the caller is one. */
    static Optional<String> nodeName(Caller caller) {
        return caller.isIn("system:nodes") && caller.user().startsWith(PREFIX)
                ? Optional.of(caller.user().substring(PREFIX.length())).filter(name -> !name.isEmpty())
                : Optional.empty();
    }

    Decision decide(Caller caller, Access access) {
        Optional<String> node = nodeName(caller);
        if (node.isEmpty()) {
            return new Refused("");
        }
        return switch (access) {
            case ToResource to -> decide(node.get(), to);
            case ToPath to -> byRules(to);
        };
    }

    private Decision decide(String node, ToResource to) {
        return switch (to.group() + "/" + to.resource()) {
            case "/secrets", "/configmaps" -> readReferenced(node, to);
            case "/persistentvolumeclaims" ->
                to.subresource().equals("status") && List.of("update", "patch").contains(to.verb())
                        ? referenced(node, to)
                        : getReferenced(node, to);
            case "/persistentvolumes" -> getVolume(node, to);
            case "storage.k8s.io/volumeattachments" -> getAttachment(node, to);
            case "/serviceaccounts" -> createToken(node, to);
            case "coordination.k8s.io/leases" -> ownLease(node, to);
            case "storage.k8s.io/csinodes" ->
                own(node, to, "can only access CSINode with the same name as the requesting node");
            default -> byRules(to);
        };
    }

    private Decision byRules(Access access) {
        return rules.stream().anyMatch(rule -> rule.allows(access)) ? ALLOWED : new Refused("");
    }

    private Decision readReferenced(String node, ToResource to) {
        if (!READS.contains(to.verb()) || !to.subresource().isEmpty()) {
            return new Refused("can only read resources of this type");
        }
        if (to.name().isEmpty() || to.namespace().isEmpty()) {
            return new Refused("can only read namespaced object of this type");
        }
        return referenced(node, to);
    }

    private Decision getReferenced(String node, ToResource to) {
        return to.verb().equals("get") && to.subresource().isEmpty()
                ? referenced(node, to)
                : new Refused("can only get individual resources of this type");
    }

    private Decision referenced(String node, ToResource to) {
        return feed.needs(node, to.resource(), to.namespace(), to.name()) ? ALLOWED : unrelated(node);
    }

    private Decision getVolume(String node, ToResource to) {
        if (!to.verb().equals("get") || !to.subresource().isEmpty()) {
            return new Refused("can only get individual resources of this type");
        }
        JsonNode claim = objects.find(KnownResources.VOLUMES, "", to.name())
                .<JsonNode>map(volume -> volume.path("spec").path("claimRef"))
                .orElseGet(tools.jackson.databind.node.MissingNode::getInstance);
        boolean isNeeded = feed.needs(
                node,
                "persistentvolumeclaims",
                claim.path("namespace").asString(""),
                claim.path("name").asString(""));
        return isNeeded ? ALLOWED : unrelated(node);
    }

    private Decision getAttachment(String node, ToResource to) {
        boolean isOwn = to.verb().equals("get")
                && objects.find(KnownResources.VOLUME_ATTACHMENTS, "", to.name())
                        .filter(attachment -> attachment
                                .path("spec")
                                .path("nodeName")
                                .asString("")
                                .equals(node))
                        .isPresent();
        return isOwn ? ALLOWED : unrelated(node);
    }

    private Decision createToken(String node, ToResource to) {
        if (!to.verb().equals("create")
                || !to.subresource().equals("token")
                || to.name().isEmpty()) {
            return new Refused("can only create tokens for individual service accounts");
        }
        return referenced(node, to);
    }

    private static Decision ownLease(String node, ToResource to) {
        if (!to.namespace().equals("kube-node-lease")) {
            return new Refused("can only access leases in the \"kube-node-lease\" system namespace");
        }
        return own(node, to, "can only access node lease with the same name as the requesting node");
    }

    /** A create carries its name in the body, which NodeRestriction checks. */
    private static Decision own(String node, ToResource to, String otherwise) {
        boolean isVerb = List.of("get", "create", "update", "patch", "delete").contains(to.verb());
        boolean isName = to.name().equals(node)
                || (to.verb().equals("create") && to.name().isEmpty());
        return isVerb && isName ? ALLOWED : new Refused(otherwise);
    }

    private static Decision unrelated(String node) {
        return new Refused("no relationship found between node '%s' and this object".formatted(node));
    }
}
