package io.kvorum.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvorum.client.Informer;
import io.kvorum.client.Json;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The templates a DaemonSet or StatefulSet has had, as ControllerRevisions. One thread per owner. */
public final class TemplateHistory {
    public static final String HASH_LABEL = "controller-revision-hash";

    private final ObjectApi api;
    private final Informer<ControllerRevision> revisions;

    public TemplateHistory(ObjectApi api, Informer<ControllerRevision> revisions) {
        this.api = api;
        this.revisions = revisions;
    }

    /** The revision of the present template, made if it is new, renumbered if it was an older one. */
    public ControllerRevision current(HasMetadata owner, PodTemplateSpec template, Map<String, String> labels) {
        String hash = PodTemplates.hash(template, null);
        String name = owner.getMetadata().getName() + "-" + hash;
        ObjectKey key = new ObjectKey(owner.getMetadata().getNamespace(), name);
        List<ControllerRevision> known = of(owner);
        long newest =
                known.stream().mapToLong(ControllerRevision::getRevision).max().orElse(0);
        Optional<ControllerRevision> found = known.stream()
                .filter(revision -> revision.getMetadata().getName().equals(name))
                .findFirst()
                .or(() -> api.find(ControllerRevision.class, key));
        if (found.isPresent()) {
            return found.get().getRevision() >= newest
                    ? found.get()
                    : api.update(new ControllerRevisionBuilder(found.get())
                            .withRevision(newest + 1)
                            .build());
        }
        ControllerRevision revision = new ControllerRevisionBuilder()
                .withNewMetadata()
                .withNamespace(key.namespace())
                .withName(name)
                .withLabels(PodTemplates.copy(labels))
                .addToLabels(HASH_LABEL, hash)
                .withOwnerReferences(Owners.controllerReference(owner))
                .endMetadata()
                .withRevision(newest + 1)
                .withData(data(template))
                .build();
        return api.create(revision);
    }

    /** In the form that {@code kubectl rollout undo} applies as a patch. */
    private static Object data(PodTemplateSpec template) {
        ObjectNode tree = Json.of(template);
        tree.put("$patch", "replace");
        ObjectNode data = Json.object();
        data.putObject("spec").set("template", tree);
        return Serialization.unmarshal(data.toString(), Map.class);
    }

    public static String hash(ControllerRevision revision) {
        return Values.or(revision.getMetadata().getLabels()).getOrDefault(HASH_LABEL, "");
    }

    /** The template that a revision recorded. */
    public Optional<PodTemplateSpec> template(ObjectKey key) {
        return revisions
                .find(key)
                .or(() -> api.find(ControllerRevision.class, key))
                .map(revision -> {
                    ObjectNode tree = (ObjectNode)
                            Json.of(revision).path("data").path("spec").path("template");
                    tree.remove("$patch");
                    return Serialization.unmarshal(tree.toString(), PodTemplateSpec.class);
                });
    }

    /** Removes the oldest unused ones beyond the limit. */
    public void prune(HasMetadata owner, Set<String> usedHashes, int kept) {
        List<ControllerRevision> unused = of(owner).stream()
                .filter(revision -> !usedHashes.contains(hash(revision)))
                .sorted(Comparator.comparingLong(ControllerRevision::getRevision))
                .toList();
        unused.subList(0, Math.max(0, unused.size() - kept))
                .forEach(revision -> api.delete(revision, ObjectApi.Dependents.BACKGROUND));
    }

    private List<ControllerRevision> of(HasMetadata owner) {
        return revisions.controlledBy(owner.getMetadata().getUid());
    }
}
