package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.selector.LabelSelector;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apiserver.admission.AdmissionRequest.Operation;
import io.kvorum.registry.DeleteOptions;
import io.kvorum.registry.Gate;
import io.kvorum.registry.ListOptions;
import io.kvorum.registry.ObjectPath;
import io.kvorum.registry.Part;
import io.kvorum.registry.Registry;
import io.kvorum.registry.WriteOptions;
import io.kvorum.registry.cache.StoredObject;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Deletes pods where their disruption budget allows it: the {@code eviction} subresource; any thread. */
final class Evictions {
    private static final GroupVersionResource BUDGETS =
            new GroupVersionResource("policy", "v1", "poddisruptionbudgets");
    private static final Set<String> PHASES_WITHOUT_BUDGET = Set.of("Succeeded", "Failed", "Pending");
    private static final int RETRY_SECONDS = 10;

    private final Registry registry;
    private final Bodies bodies;
    private final Answers answers;
    private final InstantSource clock;

    Evictions(Registry registry, Bodies bodies, Answers answers, InstantSource clock) {
        this.registry = registry;
        this.bodies = bodies;
        this.answers = answers;
        this.clock = clock;
    }

    void evict(Call call) throws IOException {
        ObjectNode eviction = bodies.loose(call);
        ObjectNode pod = registry.tree(call.type(), registry.get(call.path()).object());
        boolean isDryRun = call.isDryRun()
                || !Tree.list(eviction, "deleteOptions", "dryRun").isEmpty();
        DeleteOptions options = Bodies.deleteOptions(Tree.at(eviction, "deleteOptions"));
        boolean isFree = PHASES_WITHOUT_BUDGET.contains(Tree.text(pod, "status", "phase"))
                || Tree.has(pod, "metadata", "deletionTimestamp");
        if (!isFree) {
            spend(call, pod, isDryRun);
        }
        registry.delete(call.path(), options, call.writing(Operation.DELETE, isDryRun));
        answers.status(call, new ApiStatus(201, "", "", null));
    }

    private void spend(Call call, ObjectNode pod, boolean isDryRun) {
        ResourceType type = registry.type(BUDGETS);
        List<ObjectNode> budgets = new ArrayList<>();
        for (StoredObject item :
                registry.list(type, ListOptions.ALL.in(call.namespace())).items()) {
            ObjectNode budget = registry.tree(type, item);
            if (LabelSelector.of(Tree.at(budget, "spec", "selector"))
                    .matches(Tree.textMap(pod, "metadata", "labels"))) {
                budgets.add(budget);
            }
        }
        if (budgets.size() > 1) {
            throw ApiException.internal("This pod has more than one PodDisruptionBudget, which the eviction subresource"
                    + " does not support.");
        }
        if (!budgets.isEmpty() && !mayIgnore(budgets.getFirst(), pod)) {
            String budget = Tree.text(budgets.getFirst(), "metadata", "name");
            registry.update(
                    new ObjectPath(type, call.namespace(), budget),
                    Part.STATUS,
                    current -> spent(current, Tree.text(pod, "metadata", "name")),
                    new WriteOptions(isDryRun, call.term(), Gate.OPEN));
        }
    }

    /** A pod that is not ready keeps nobody's service up. */
    private static boolean mayIgnore(ObjectNode budget, ObjectNode pod) {
        boolean isReady = false;
        for (JsonNode condition : Tree.list(pod, "status", "conditions")) {
            isReady |= Tree.text(condition, "type").equals("Ready")
                    && Tree.text(condition, "status").equals("True");
        }
        if (isReady) {
            return false;
        }
        boolean isHealthy =
                Tree.number(budget, "status", "currentHealthy") >= Tree.number(budget, "status", "desiredHealthy")
                        && Tree.number(budget, "status", "desiredHealthy") > 0;
        return Tree.text(budget, "spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow") || isHealthy;
    }

    private ObjectNode spent(ObjectNode budget, String pod) {
        String name = Tree.text(budget, "metadata", "name");
        if (Tree.number(budget, "status", "observedGeneration") < Tree.number(budget, "metadata", "generation")) {
            throw refused("The disruption budget %s is still being processed by the server.".formatted(name));
        }
        long allowed = Tree.number(budget, "status", "disruptionsAllowed");
        if (allowed <= 0) {
            throw refused("The disruption budget %s needs %d healthy pods and has %d currently"
                    .formatted(
                            name,
                            Tree.number(budget, "status", "desiredHealthy"),
                            Tree.number(budget, "status", "currentHealthy")));
        }
        ObjectNode status = Tree.ensureObject(budget, "status");
        status.put("disruptionsAllowed", allowed - 1);
        Tree.ensureObject(status, "disruptedPods")
                .put(pod, clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        return budget;
    }

    private static ApiException refused(String why) {
        return new ApiException(new ApiStatus(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                new Details("", "", "", "", List.of(new Cause("DisruptionBudget", why, "")), RETRY_SECONDS)));
    }
}
