package io.kvorum.controllers.namespace;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvorum.client.ApiResource;
import io.kvorum.client.Discovery;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Empties a namespace that is being deleted, pods before all else, and then lets it go. Reads namespaces and whatever
 * discovery names; deletes those objects, writes the namespace's conditions and its own finalizer.
 */
public final class NamespaceController extends KeyedController {
    private static final String FINALIZER = "kubernetes";
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LATER = Duration.ofSeconds(2);

    private final ControllerContext context;
    private final Informer<Namespace> namespaces;
    private final Discovery discovery;
    private final NamespaceContent content;

    public NamespaceController(ControllerContext context) {
        super("namespace", 3);
        this.context = context;
        this.namespaces = context.informers().of(Namespace.class);
        this.discovery = new Discovery(context.api().client());
        this.content = new NamespaceContent(context.api());
        namespaces.onChange((before, after) -> {
            if (after != null && after.getMetadata().getDeletionTimestamp() != null) {
                enqueue(ObjectKey.of(after));
            }
        });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Namespace> found = context.api().find(Namespace.class, key);
        if (found.isEmpty() || found.get().getMetadata().getDeletionTimestamp() == null) {
            return Result.done();
        }
        Namespace namespace = found.get();
        if (namespace.getSpec() == null || !namespace.getSpec().getFinalizers().contains(FINALIZER)) {
            return Result.done();
        }
        Discovery.Found resources = discovery.preferred();
        List<ApiResource> emptied = resources.resources().stream()
                .filter(resource -> resource.namespaced() && resource.can("delete") && resource.can("list"))
                .toList();
        NamespaceContent.Left left = content.delete(key.name(), emptied);
        report(namespace, resources.failed(), left);
        if (!left.isEmpty() || !resources.failed().isEmpty()) {
            boolean isOld = Duration.between(
                                    Values.time(namespace.getMetadata().getDeletionTimestamp()),
                                    context.clock().instant())
                            .compareTo(Duration.ofSeconds(10))
                    > 0;
            return Result.again(isOld ? LATER : SOON);
        }
        finish(namespace);
        return Result.done();
    }

    private void finish(Namespace namespace) {
        String name = namespace.getMetadata().getName();
        Namespace done = context.api()
                .find(Namespace.class, ObjectKey.ofCluster(name))
                .map(live -> new NamespaceBuilder(live)
                        .editSpec()
                        .removeFromFinalizers(FINALIZER)
                        .endSpec()
                        .build())
                .orElse(null);
        if (done == null) {
            return;
        }
        try {
            context.api().client().raw("/api/v1/namespaces/" + name + "/finalize", "PUT", done);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }

    private void report(Namespace namespace, List<String> undiscovered, NamespaceContent.Left left) {
        List<NamespaceCondition> wanted = List.of(
                condition(
                        "NamespaceDeletionDiscoveryFailure",
                        !undiscovered.isEmpty(),
                        undiscovered.isEmpty() ? "ResourcesDiscovered" : "DiscoveryFailed",
                        undiscovered.isEmpty()
                                ? "All resources successfully discovered"
                                : "Discovery failed for some groups, " + undiscovered.size() + " failing: "
                                        + String.join(", ", undiscovered)),
                condition(
                        "NamespaceDeletionGroupVersionParsingFailure",
                        false,
                        "ParsedGroupVersions",
                        "All legacy kube types successfully parsed"),
                condition(
                        "NamespaceDeletionContentFailure",
                        !left.failures().isEmpty(),
                        left.failures().isEmpty() ? "ContentDeleted" : "ContentDeletionFailed",
                        left.failures().isEmpty()
                                ? "All content successfully deleted, may be waiting on finalization"
                                : "Failed to delete all resource types, "
                                        + left.failures().size() + " remaining: "
                                        + String.join(", ", left.failures())),
                condition(
                        "NamespaceContentRemaining",
                        !left.counts().isEmpty(),
                        left.counts().isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
                        left.counts().isEmpty()
                                ? "All content successfully removed"
                                : "Some resources are remaining: " + left.countsText()),
                condition(
                        "NamespaceFinalizersRemaining",
                        !left.finalizers().isEmpty(),
                        left.finalizers().isEmpty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
                        left.finalizers().isEmpty()
                                ? "All content-preserving finalizers finished"
                                : "Some content in the namespace has finalizers remaining: " + left.finalizersText()));
        List<NamespaceCondition> merged = merged(namespace, wanted);
        if (!Serialization.asJson(merged)
                .equals(Serialization.asJson(
                        namespace.getStatus() == null
                                ? List.of()
                                : namespace.getStatus().getConditions()))) {
            context.api()
                    .changeStatus(
                            Namespace.class,
                            ObjectKey.of(namespace),
                            live -> new NamespaceBuilder(live)
                                    .editOrNewStatus()
                                    .withConditions(merged)
                                    .endStatus()
                                    .build());
        }
    }

    private List<NamespaceCondition> merged(Namespace namespace, List<NamespaceCondition> wanted) {
        List<NamespaceCondition> merged = new ArrayList<>();
        for (NamespaceCondition next : wanted) {
            NamespaceCondition known = namespace.getStatus() == null
                    ? null
                    : namespace.getStatus().getConditions().stream()
                            .filter(old -> next.getType().equals(old.getType()))
                            .findFirst()
                            .orElse(null);
            boolean isSame = known != null
                    && next.getStatus().equals(known.getStatus())
                    && next.getMessage().equals(known.getMessage());
            merged.add(isSame ? known : next);
        }
        return merged;
    }

    private NamespaceCondition condition(String type, boolean holds, String reason, String message) {
        return new NamespaceConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(Values.now(context.clock()))
                .build();
    }
}
