package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PodState;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the older Endpoints object of each Service with a selector. Reads Services and pods; writes those objects. */
public final class EndpointsController extends KeyedController {
    private static final int MOST = 1000;
    private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";

    private record Addresses(List<EndpointAddress> ready, List<EndpointAddress> notReady) {}

    private final ControllerContext context;
    private final Informer<Service> services;
    private final Informer<Pod> pods;
    private final Informer<Endpoints> endpoints;

    public EndpointsController(ControllerContext context) {
        super("endpoints", 4);
        this.context = context;
        this.services = context.informers().of(Service.class);
        this.pods = context.informers().of(Pod.class);
        this.endpoints = context.informers().of(Endpoints.class);
        follow(services);
        ServicePods.follow(pods, services, this::enqueue);
        endpoints.onChange((before, after) -> {
            Endpoints changed = newest(before, after);
            if (after == null || services.find(ObjectKey.of(changed)).isPresent()) {
                enqueue(ObjectKey.of(changed));
            }
        });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Service> found = services.find(key);
        Optional<Endpoints> present = endpoints.find(key);
        if (found.isEmpty()) {
            present.filter(EndpointsController::isOurs)
                    .ifPresent(orphan -> context.api().delete(orphan, ObjectApi.Dependents.BACKGROUND));
            return Result.done();
        }
        Service service = found.get();
        if (!ServicePods.hasSelector(service) || service.getMetadata().getDeletionTimestamp() != null) {
            return Result.done();
        }
        List<EndpointSubset> subsets = subsets(service, ServicePods.of(service, pods));
        Map<String, String> labels = labels(service);
        boolean isSame = present.isPresent()
                && present.get().getSubsets().equals(subsets)
                && Values.or(present.get().getMetadata().getLabels()).equals(labels);
        if (!isSame) {
            write(service, present, subsets, labels);
        }
        return Result.done();
    }

    private static boolean isOurs(Endpoints endpoints) {
        return "endpoint-controller"
                .equals(Values.or(endpoints.getMetadata().getLabels()).get(MANAGED_BY));
    }

    private void write(
            Service service, Optional<Endpoints> present, List<EndpointSubset> subsets, Map<String, String> labels) {
        Endpoints wanted = new EndpointsBuilder(present.orElseGet(Endpoints::new))
                .editOrNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withName(service.getMetadata().getName())
                .withLabels(labels)
                .addToAnnotations("endpoints.kubernetes.io/last-change-trigger-time", Values.now(context.clock()))
                .endMetadata()
                .withSubsets(subsets)
                .build();
        try {
            if (present.isPresent()) {
                context.api().update(wanted);
            } else {
                context.api().create(wanted);
            }
        } catch (KubernetesClientException e) {
            boolean isLeaving =
                    e.getCode() == 403 && Values.or(e.getMessage(), "").contains("being terminated");
            if (!isLeaving) {
                throw e;
            }
        }
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels =
                new LinkedHashMap<>(Values.or(service.getMetadata().getLabels()));
        labels.remove(Slices.HEADLESS);
        labels.put(MANAGED_BY, "endpoint-controller");
        if ("None".equals(service.getSpec().getClusterIP())) {
            labels.put(Slices.HEADLESS, "");
        }
        return labels;
    }

    private static List<EndpointSubset> subsets(Service service, List<Pod> pods) {
        String family = service.getSpec().getIpFamilies().isEmpty()
                ? Values.or(service.getSpec().getClusterIP(), "").contains(":") ? "IPv6" : "IPv4"
                : service.getSpec().getIpFamilies().getFirst();
        boolean publishes = Values.isTrue(service.getSpec().getPublishNotReadyAddresses());
        Map<List<Backend.Port>, Addresses> groups = new LinkedHashMap<>();
        pods.stream().limit(MOST).forEach(pod -> {
            Optional<Backend> backend = Backend.of(service, pod);
            Optional<String> address = backend.flatMap(known -> known.address(family));
            boolean isReady = publishes || (PodState.isReady(pod) && !PodState.isDeleting(pod));
            boolean isListed = isReady || (!PodState.isDeleting(pod) && mayBecomeReady(pod));
            if (address.isPresent() && isListed) {
                Addresses group = groups.computeIfAbsent(
                        backend.get().ports(), fresh -> new Addresses(new ArrayList<>(), new ArrayList<>()));
                (isReady ? group.ready : group.notReady).add(address(service, pod, address.get()));
            }
        });
        List<EndpointSubset> subsets = new ArrayList<>();
        groups.forEach((ports, addresses) -> subsets.add(new EndpointSubsetBuilder()
                .withAddresses(addresses.ready)
                .withNotReadyAddresses(addresses.notReady)
                .withPorts(ports.stream().map(EndpointsController::port).toList())
                .build()));
        return subsets;
    }

    private static boolean mayBecomeReady(Pod pod) {
        return !"Never".equals(pod.getSpec().getRestartPolicy()) || !PodState.isFinished(pod);
    }

    private static EndpointAddress address(Service service, Pod pod, String address) {
        boolean isNamed = service.getMetadata().getName().equals(pod.getSpec().getSubdomain());
        return new EndpointAddressBuilder()
                .withIp(address)
                .withNodeName(pod.getSpec().getNodeName())
                .withHostname(isNamed ? pod.getSpec().getHostname() : null)
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef()
                .build();
    }

    private static EndpointPort port(Backend.Port port) {
        return new EndpointPortBuilder()
                .withName(port.name().isEmpty() ? null : port.name())
                .withProtocol(port.protocol())
                .withPort(port.number())
                .withAppProtocol(port.appProtocol().orElse(null))
                .build();
    }
}
