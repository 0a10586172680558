package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.Claims;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.Expectations;
import io.kvorum.controllers.IntOrPercent;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.PodTemplates;
import io.kvorum.controllers.TemplateHistory;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one pod per fitting node; the scheduler puts it there by its node affinity. Reads DaemonSets, pods, nodes,
 * revisions; writes pods, revisions and the DaemonSets' status.
 */
public final class DaemonSetController extends KeyedController {
    private final ControllerContext context;
    private final Informer<DaemonSet> daemonSets;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final TemplateHistory history;
    private final Claims claims;
    private final Expectations expectations = new Expectations();

    public DaemonSetController(ControllerContext context) {
        super("daemonset", 2);
        this.context = context;
        this.daemonSets = context.informers().of(DaemonSet.class);
        this.pods = context.informers().of(Pod.class);
        this.nodes = context.informers().of(Node.class);
        this.history = new TemplateHistory(context.api(), context.informers().of(ControllerRevision.class));
        this.claims = new Claims(context.api());
        follow(daemonSets);
        pods.onChange(this::podChanged);
        nodes.onChange((before, after) -> {
            boolean matters = before == null
                    || after == null
                    || !Objects.equals(before.getSpec(), after.getSpec())
                    || !Objects.equals(
                            before.getMetadata().getLabels(),
                            after.getMetadata().getLabels());
            if (matters) {
                daemonSets.all().forEach(set -> enqueue(ObjectKey.of(set)));
            }
        });
    }

    private void podChanged(@Nullable Pod before, @Nullable Pod after) {
        Pod pod = newest(before, after);
        Owners.controllerOf(pod)
                .filter(owner -> owner.getKind().equals("DaemonSet"))
                .map(owner -> new ObjectKey(pod.getMetadata().getNamespace(), owner.getName()))
                .ifPresent(key -> {
                    if (before == null) {
                        expectations.creationEnded(key);
                    }
                    if (after == null || PodState.isDeleting(after)) {
                        expectations.deletionEnded(key, pod.getMetadata().getUid());
                    }
                    enqueue(key);
                });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<DaemonSet> found = daemonSets.find(key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Result.done();
        }
        DaemonSet set = found.get();
        if (set.getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        List<Pod> mine = claims.settle(
                set,
                pods.inNamespace(key.namespace()),
                pod -> LabelSelectors.matches(
                        set.getSpec().getSelector(), pod.getMetadata().getLabels()));
        ControllerRevision current = history.current(
                set, set.getSpec().getTemplate(), set.getSpec().getSelector().getMatchLabels());
        Map<String, List<Pod>> byNode = mine.stream()
                .collect(Collectors.groupingBy(DaemonSetController::target, TreeMap::new, Collectors.toList()));
        if (expectations.areMet(key)) {
            manage(key, set, byNode, TemplateHistory.hash(current));
        }
        if (expectations.areMet(key)) {
            update(key, set, byNode, TemplateHistory.hash(current));
        }
        Set<String> used = mine.stream()
                .map(pod -> Values.or(pod.getMetadata().getLabels()).getOrDefault(TemplateHistory.HASH_LABEL, ""))
                .collect(Collectors.toSet());
        used.add(TemplateHistory.hash(current));
        history.prune(set, used, Values.or(set.getSpec().getRevisionHistoryLimit(), 10));
        return report(set, byNode, TemplateHistory.hash(current));
    }

    /** The node a pod runs on or is bound for. */
    private static String target(Pod pod) {
        if (PodState.isScheduled(pod)) {
            return pod.getSpec().getNodeName();
        }
        return Optional.ofNullable(pod.getSpec().getAffinity())
                .map(affinity -> affinity.getNodeAffinity())
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .stream()
                .flatMap(required -> required.getNodeSelectorTerms().stream())
                .flatMap(term -> term.getMatchFields().stream())
                .filter(field -> "metadata.name".equals(field.getKey()))
                .map(field -> field.getValues().getFirst())
                .findFirst()
                .orElse("");
    }

    private void manage(ObjectKey key, DaemonSet set, Map<String, List<Pod>> byNode, String hash) {
        PodSpec spec = set.getSpec().getTemplate().getSpec();
        List<Pod> unwanted = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Node node : sortedNodes()) {
            List<Pod> here = byNode.getOrDefault(node.getMetadata().getName(), List.of());
            if (!NodeFit.mayStay(spec, node)) {
                unwanted.addAll(here);
                continue;
            }
            List<Pod> failed = here.stream().filter(PodState::isFinished).toList();
            List<Pod> living = here.stream()
                    .filter(PodState::isActive)
                    .sorted(Comparator.comparing(
                            pod -> Values.time(pod.getMetadata().getCreationTimestamp())))
                    .toList();
            unwanted.addAll(failed);
            if (living.size() > 1) {
                unwanted.addAll(living.subList(1, living.size()));
            }
            if (here.isEmpty() && NodeFit.shouldRun(spec, node)) {
                missing.add(node.getMetadata().getName());
            }
        }
        delete(key, set, unwanted);
        missing.forEach(node -> create(key, set, node, hash));
    }

    private List<Node> sortedNodes() {
        return nodes.all().stream()
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
    }

    private void create(ObjectKey key, DaemonSet set, String node, String hash) {
        Pod template = PodTemplates.pod(set, set.getSpec().getTemplate());
        Pod pod = new PodBuilder(template)
                .editMetadata()
                .addToLabels(TemplateHistory.HASH_LABEL, hash)
                .addToLabels(
                        "pod-template-generation",
                        Long.toString(Values.or(set.getMetadata().getGeneration(), 1L)))
                .endMetadata()
                .editSpec()
                .withTolerations(NodeFit.tolerations(template.getSpec()))
                .editOrNewAffinity()
                .editOrNewNodeAffinity()
                .withRequiredDuringSchedulingIgnoredDuringExecution(pinned(template.getSpec(), node))
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();
        expectations.expectCreation(key);
        try {
            Pod created = context.api().create(pod);
            context.events()
                    .normal(
                            set,
                            "SuccessfulCreate",
                            "Created pod: " + created.getMetadata().getName());
        } catch (RuntimeException e) {
            expectations.creationEnded(key);
            context.events().warning(set, "FailedCreate", "Error creating: " + e.getMessage());
            throw e;
        }
    }

    /** The template's own terms, each narrowed down to the one node. */
    private static NodeSelector pinned(PodSpec spec, String node) {
        NodeSelectorRequirement name = new NodeSelectorRequirementBuilder()
                .withKey("metadata.name")
                .withOperator("In")
                .withValues(node)
                .build();
        List<NodeSelectorTerm> terms = Optional.ofNullable(spec.getAffinity())
                .map(affinity -> affinity.getNodeAffinity())
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .map(NodeSelector::getNodeSelectorTerms)
                .filter(given -> !given.isEmpty())
                .orElse(List.of(new NodeSelectorTerm()));
        return new NodeSelectorBuilder()
                .withNodeSelectorTerms(terms.stream()
                        .map(term -> new NodeSelectorTermBuilder(term)
                                .withMatchFields(name)
                                .build())
                        .toList())
                .build();
    }

    private void delete(ObjectKey key, DaemonSet set, List<Pod> unwanted) {
        for (Pod pod : unwanted) {
            if (PodState.isDeleting(pod)) {
                continue;
            }
            String uid = pod.getMetadata().getUid();
            expectations.expectDeletion(key, uid);
            if (context.api().delete(pod, ObjectApi.Dependents.BACKGROUND)) {
                context.events()
                        .normal(
                                set,
                                "SuccessfulDelete",
                                "Deleted pod: " + pod.getMetadata().getName());
            } else {
                expectations.deletionEnded(key, uid);
            }
        }
    }

    /** Replaces old pods, no more at a time than may be missing; those that do not serve cost nothing. */
    private void update(ObjectKey key, DaemonSet set, Map<String, List<Pod>> byNode, String hash) {
        var strategy = set.getSpec().getUpdateStrategy();
        if (strategy != null && "OnDelete".equals(strategy.getType())) {
            return;
        }
        int wanted = desired(set).size();
        int allowed = IntOrPercent.roundedUp(
                strategy == null || strategy.getRollingUpdate() == null
                        ? null
                        : strategy.getRollingUpdate().getMaxUnavailable(),
                wanted,
                "1");
        int unavailable = 0;
        List<Pod> oldAvailable = new ArrayList<>();
        List<Pod> oldUnavailable = new ArrayList<>();
        for (String node : desired(set)) {
            Optional<Pod> pod = byNode.getOrDefault(node, List.of()).stream()
                    .filter(PodState::isActive)
                    .findFirst();
            boolean available = pod.filter(found -> isAvailable(set, found)).isPresent();
            boolean isOld = pod.filter(found -> !hasHash(found, hash)).isPresent();
            if (!available) {
                unavailable++;
            }
            if (isOld) {
                (available ? oldAvailable : oldUnavailable).add(pod.get());
            }
        }
        delete(key, set, oldUnavailable);
        int more = Math.max(0, Math.min(Math.max(1, allowed) - unavailable, oldAvailable.size()));
        delete(key, set, oldAvailable.subList(0, more));
    }

    private static boolean hasHash(Pod pod, String hash) {
        return hash.equals(Values.or(pod.getMetadata().getLabels()).get(TemplateHistory.HASH_LABEL));
    }

    private boolean isAvailable(DaemonSet set, Pod pod) {
        Duration minimum = Duration.ofSeconds(Values.or(set.getSpec().getMinReadySeconds(), 0));
        return PodState.isAvailable(pod, minimum, context.clock().instant());
    }

    private List<String> desired(DaemonSet set) {
        return sortedNodes().stream()
                .filter(node -> NodeFit.shouldRun(set.getSpec().getTemplate().getSpec(), node))
                .map(node -> node.getMetadata().getName())
                .toList();
    }

    private Result report(DaemonSet set, Map<String, List<Pod>> byNode, String hash) {
        Set<String> desired = Set.copyOf(desired(set));
        int scheduled = 0;
        int misscheduled = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        for (Map.Entry<String, List<Pod>> entry : byNode.entrySet()) {
            List<Pod> living =
                    entry.getValue().stream().filter(PodState::isActive).toList();
            if (living.isEmpty()) {
                continue;
            }
            if (!desired.contains(entry.getKey())) {
                misscheduled++;
                continue;
            }
            scheduled++;
            ready += living.stream().anyMatch(PodState::isReady) ? 1 : 0;
            available += living.stream().anyMatch(pod -> isAvailable(set, pod)) ? 1 : 0;
            updated += living.stream().anyMatch(pod -> hasHash(pod, hash)) ? 1 : 0;
        }
        DaemonSetStatus before = set.getStatus() == null ? new DaemonSetStatus() : set.getStatus();
        DaemonSetStatus status = new DaemonSetStatusBuilder(before)
                .withDesiredNumberScheduled(desired.size())
                .withCurrentNumberScheduled(scheduled)
                .withNumberMisscheduled(misscheduled)
                .withNumberReady(ready)
                .withNumberAvailable(available)
                .withNumberUnavailable(desired.size() - available)
                .withUpdatedNumberScheduled(updated)
                .withObservedGeneration(set.getMetadata().getGeneration())
                .build();
        if (!status.equals(before)) {
            context.api()
                    .updateStatus(new DaemonSetBuilder(set).withStatus(status).build());
        }
        int wait = Values.or(set.getSpec().getMinReadySeconds(), 0);
        return wait > 0 && ready != available ? Result.again(Duration.ofSeconds(wait)) : Result.done();
    }
}
