package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.controllers.Values;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which pods belong to which Services. */
final class ServicePods {
    private ServicePods() {}

    static boolean hasSelector(Service service) {
        return service.getSpec() != null
                && !"ExternalName".equals(service.getSpec().getType())
                && !Values.or(service.getSpec().getSelector()).isEmpty();
    }

    /** In the order of their names. */
    static List<Pod> of(Service service, Informer<Pod> pods) {
        return pods.inNamespace(service.getMetadata().getNamespace()).stream()
                .filter(pod -> LabelSelectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .filter(Backend::counts)
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    /** Tells which Services to look at when a pod changes in a way that endpoints show. */
    static void follow(Informer<Pod> pods, Informer<Service> services, Consumer<ObjectKey> look) {
        pods.onChange((before, after) -> {
            if (before == null || after == null || isVisible(before, after)) {
                tell(before, services, look);
                tell(after, services, look);
            }
        });
    }

    private static boolean isVisible(Pod before, Pod after) {
        return PodState.isReady(before) != PodState.isReady(after)
                || PodState.isDeleting(before) != PodState.isDeleting(after)
                || PodState.isFinished(before) != PodState.isFinished(after)
                || !Objects.equals(
                        before.getMetadata().getLabels(), after.getMetadata().getLabels())
                || !Objects.equals(
                        before.getSpec().getNodeName(), after.getSpec().getNodeName())
                || !Objects.equals(
                        before.getStatus() == null ? null : before.getStatus().getPodIPs(),
                        after.getStatus() == null ? null : after.getStatus().getPodIPs())
                || !Objects.equals(
                        before.getStatus() == null ? null : before.getStatus().getPodIP(),
                        after.getStatus() == null ? null : after.getStatus().getPodIP());
    }

    private static void tell(@Nullable Pod pod, Informer<Service> services, Consumer<ObjectKey> look) {
        if (pod != null) {
            services.inNamespace(pod.getMetadata().getNamespace()).stream()
                    .filter(ServicePods::hasSelector)
                    .filter(service -> LabelSelectors.matches(
                            service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                    .forEach(service -> look.accept(ObjectKey.of(service)));
        }
    }
}
