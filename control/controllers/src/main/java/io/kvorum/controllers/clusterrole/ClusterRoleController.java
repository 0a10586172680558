package io.kvorum.controllers.clusterrole;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fills roles that have an aggregation rule with the rules of those they select. Reads and writes ClusterRoles. */
public final class ClusterRoleController extends KeyedController {
    private final ControllerContext context;
    private final Informer<ClusterRole> roles;

    public ClusterRoleController(ControllerContext context) {
        super("clusterrole-aggregation", 1);
        this.context = context;
        this.roles = context.informers().of(ClusterRole.class);
        roles.onChange((before, after) -> roles.all().stream()
                .filter(role -> role.getAggregationRule() != null)
                .forEach(role -> enqueue(ObjectKey.of(role))));
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<ClusterRole> found = roles.find(key).filter(role -> role.getAggregationRule() != null);
        if (found.isEmpty()) {
            return Result.done();
        }
        ClusterRole role = found.get();
        Set<PolicyRule> rules = new LinkedHashSet<>();
        roles.all().stream()
                .filter(other -> !other.getMetadata().getName().equals(key.name()))
                .filter(other -> role.getAggregationRule().getClusterRoleSelectors().stream()
                        .anyMatch(selector -> LabelSelectors.matches(
                                selector, other.getMetadata().getLabels())))
                .sorted(Comparator.comparing(other -> other.getMetadata().getName()))
                .forEach(other -> rules.addAll(other.getRules()));
        List<PolicyRule> wanted = new ArrayList<>(rules);
        if (!wanted.equals(role.getRules())) {
            context.api().update(new ClusterRoleBuilder(role).withRules(wanted).build());
        }
        return Result.done();
    }
}
