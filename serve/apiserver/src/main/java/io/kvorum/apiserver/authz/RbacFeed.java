package io.kvorum.apiserver.authz;

import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.ClusterObjects.Following;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the current {@link RbacPolicy} by following the four kinds it is made of; the policy may be read by any thread. */
final class RbacFeed implements AutoCloseable {
    private final Map<RbacPolicy.RoleKey, ObjectNode> roles = new TreeMap<>(RbacFeed::compare);
    private final Map<RbacPolicy.RoleKey, ObjectNode> clusterRoles = new TreeMap<>(RbacFeed::compare);
    private final Map<RbacPolicy.RoleKey, ObjectNode> bindings = new TreeMap<>(RbacFeed::compare);
    private final Map<RbacPolicy.RoleKey, ObjectNode> clusterBindings = new TreeMap<>(RbacFeed::compare);
    private final List<Following> followings = new ArrayList<>();
    private volatile RbacPolicy policy = RbacPolicy.EMPTY;

    void start(ClusterObjects objects) {
        followings.add(objects.follow(KnownResources.ROLES, new Keeper(roles)));
        followings.add(objects.follow(KnownResources.CLUSTER_ROLES, new Keeper(clusterRoles)));
        followings.add(objects.follow(KnownResources.ROLE_BINDINGS, new Keeper(bindings)));
        followings.add(objects.follow(KnownResources.CLUSTER_ROLE_BINDINGS, new Keeper(clusterBindings)));
    }

    boolean isSynced() {
        return followings.size() == 4 && followings.stream().allMatch(Following::isSynced);
    }

    RbacPolicy policy() {
        return policy;
    }

    @Override
    public void close() {
        followings.forEach(Following::close);
    }

    private void rebuild() {
        Map<RbacPolicy.RoleKey, List<PolicyRule>> namespaced = new HashMap<>();
        roles.forEach((key, role) -> namespaced.put(key, PolicyRule.list(role.path("rules"))));
        Map<String, List<PolicyRule>> clusterWide = new HashMap<>();
        clusterRoles.forEach((key, role) -> clusterWide.put(key.name(), rules(role)));
        Map<String, List<RoleBinding>> byNamespace = new HashMap<>();
        bindings.forEach((key, binding) -> byNamespace
                .computeIfAbsent(key.namespace(), any -> new ArrayList<>())
                .add(RoleBinding.of(binding)));
        List<RoleBinding> everywhere =
                clusterBindings.values().stream().map(RoleBinding::of).toList();
        policy = new RbacPolicy(namespaced, clusterWide, everywhere, byNamespace);
    }

    /** A role that aggregates others has their rules too, whether or not a controller has written them down already. */
    private List<PolicyRule> rules(ObjectNode role) {
        Map<String, ObjectNode> aggregated = new LinkedHashMap<>();
        aggregate(role, aggregated);
        return aggregated.values().stream()
                .flatMap(each -> PolicyRule.list(each.path("rules")).stream())
                .distinct()
                .toList();
    }

    private void aggregate(ObjectNode role, Map<String, ObjectNode> aggregated) {
        if (aggregated.putIfAbsent(Fields.name(role), role) != null) {
            return;
        }
        for (JsonNode selector : role.path("aggregationRule").path("clusterRoleSelectors")) {
            clusterRoles.values().stream()
                    .filter(other -> LabelMatch.matches(selector, other))
                    .forEach(other -> aggregate(other, aggregated));
        }
    }

    private static int compare(RbacPolicy.RoleKey one, RbacPolicy.RoleKey other) {
        int byNamespace = one.namespace().compareTo(other.namespace());
        return byNamespace != 0 ? byNamespace : one.name().compareTo(other.name());
    }

    /** Each kind has its own thread that calls here; all share the feed's lock. */
    private final class Keeper implements ClusterObjects.Listener {
        private final Map<RbacPolicy.RoleKey, ObjectNode> target;

        Keeper(Map<RbacPolicy.RoleKey, ObjectNode> target) {
            this.target = target;
        }

        @Override
        public void replaced(List<ObjectNode> all) {
            synchronized (RbacFeed.this) {
                target.clear();
                all.forEach(object -> target.put(key(object), object));
                rebuild();
            }
        }

        @Override
        public void changed(ObjectNode object) {
            synchronized (RbacFeed.this) {
                target.put(key(object), object);
                rebuild();
            }
        }

        @Override
        public void removed(ObjectNode object) {
            synchronized (RbacFeed.this) {
                target.remove(key(object));
                rebuild();
            }
        }

        private static RbacPolicy.RoleKey key(ObjectNode object) {
            return new RbacPolicy.RoleKey(Fields.namespace(object), Fields.name(object));
        }
    }
}
