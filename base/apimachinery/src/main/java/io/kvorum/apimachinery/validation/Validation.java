package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Checks objects that are about to be stored: metadata, schema, and the rules of their kind. Any thread. */
public final class Validation {
    private static final String RBAC = ".rbac.authorization.k8s.io";

    private final SchemaRules schema;
    private final Map<String, KindRules> kinds = new TreeMap<>();

    public Validation(Catalogue catalogue) {
        this.schema = new SchemaRules(catalogue);
        kinds.put("pods", new PodRules());
        kinds.put("services", new ServiceRules());
        kinds.put("configmaps", new ConfigMapRules());
        kinds.put("secrets", new SecretRules());
        kinds.put("nodes", new NodeRules());
        kinds.put("serviceaccounts", (_, _) -> {});
        kinds.put("namespaces", (_, _) -> {});
        kinds.put("events", (_, _) -> {});
        kinds.put("events.events.k8s.io", (_, _) -> {});
        kinds.put("endpoints", (_, _) -> {});
        kinds.put("persistentvolumeclaims", new ClaimRules());
        kinds.put("resourcequotas", new QuotaRules());
        kinds.put("replicationcontrollers", new ReplicationControllerRules());
        kinds.put("deployments.apps", new DeploymentRules());
        kinds.put("replicasets.apps", new ReplicaSetRules());
        kinds.put("statefulsets.apps", new StatefulSetRules());
        kinds.put("daemonsets.apps", new DaemonSetRules());
        kinds.put("jobs.batch", new JobRules());
        kinds.put("cronjobs.batch", new CronJobRules());
        kinds.put("roles" + RBAC, new RoleRules(true));
        kinds.put("clusterroles" + RBAC, new RoleRules(false));
        kinds.put("rolebindings" + RBAC, new BindingRules(List.of("Role", "ClusterRole")));
        kinds.put("clusterrolebindings" + RBAC, new BindingRules(List.of("ClusterRole")));
        kinds.put("ingresses.networking.k8s.io", new IngressRules());
        kinds.put("endpointslices.discovery.k8s.io", new EndpointSliceRules());
        kinds.put("leases.coordination.k8s.io", new LeaseRules());
        kinds.put("poddisruptionbudgets.policy", new BudgetRules());
    }

    /** What is wrong with a new object; empty when nothing is. */
    public List<Cause> create(ResourceType type, ObjectNode object) {
        Problems problems = new Problems();
        MetadataRules.check(type, object, problems);
        checkContent(type, object, problems);
        return problems.causes();
    }

    /** What is wrong with a changed object. */
    public List<Cause> update(ResourceType type, ObjectNode object, ObjectNode before) {
        Problems problems = new Problems();
        MetadataRules.check(type, object, problems);
        MetadataRules.checkChange(object, before, problems);
        rules(type).ifPresent(rules -> rules.checkChange(object, before, problems));
        checkContent(type, object, problems);
        return problems.causes();
    }

    /** What is wrong with the metadata alone, for updates of a status or another part with its own URL. */
    public List<Cause> updateOfPart(ResourceType type, ObjectNode object, ObjectNode before) {
        Problems problems = new Problems();
        MetadataRules.check(type, object, problems);
        MetadataRules.checkChange(object, before, problems);
        return problems.causes();
    }

    /** A kind with rules of its own says itself what it requires; for the others the schema does. */
    private void checkContent(ResourceType type, ObjectNode object, Problems problems) {
        Optional<KindRules> rules = rules(type);
        schema.check(type.schema(), object, rules.isEmpty(), problems);
        rules.ifPresent(each -> each.check(object, problems));
    }

    private Optional<KindRules> rules(ResourceType type) {
        return Optional.ofNullable(kinds.get(type.id().qualified()));
    }
}
