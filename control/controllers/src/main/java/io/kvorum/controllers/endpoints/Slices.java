package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kvorum.client.PodState;
import io.kvorum.controllers.Owners;
import io.kvorum.controllers.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The EndpointSlices a Service should have, fitted into those it has. Pure functions. */
final class Slices {
    static final String SERVICE = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String MANAGER = "endpointslice-controller.k8s.io";
    static final String HEADLESS = "service.kubernetes.io/headless";
    private static final int MOST = 100;

    /** What to write. */
    record Changes(List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {}

    private record Group(String family, List<Backend.Port> ports) {}

    private Slices() {}

    static Changes fit(
            Service service, List<Pod> pods, List<EndpointSlice> present, Function<String, Optional<String>> zoneOf) {
        Map<Group, List<Endpoint>> wanted = group(service, pods, zoneOf);
        List<EndpointSlice> unused = new ArrayList<>(present);
        unused.sort(Comparator.comparing(slice -> slice.getMetadata().getName()));
        Changes changes = new Changes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        wanted.forEach((group, endpoints) -> {
            List<EndpointSlice> mine = take(unused, group);
            place(service, group, endpoints, mine, changes);
        });
        changes.delete.addAll(unused);
        return changes;
    }

    private static Map<Group, List<Endpoint>> group(
            Service service, List<Pod> pods, Function<String, Optional<String>> zoneOf) {
        Map<Group, List<Endpoint>> groups = new LinkedHashMap<>();
        for (String family : families(service, pods)) {
            for (Pod pod : pods) {
                Optional<Backend> backend = Backend.of(service, pod);
                Optional<String> address = backend.flatMap(known -> known.address(family));
                address.ifPresent(found -> groups.computeIfAbsent(
                                new Group(family, backend.get().ports()), fresh -> new ArrayList<>())
                        .add(endpoint(service, pod, found, zoneOf)));
            }
            boolean isEmpty = groups.keySet().stream().noneMatch(group -> group.family.equals(family));
            if (isEmpty) {
                groups.put(new Group(family, List.of()), new ArrayList<>()); // readers want to see that there is none
            }
        }
        return groups;
    }

    private static Set<String> families(Service service, List<Pod> pods) {
        Set<String> families = new LinkedHashSet<>(service.getSpec().getIpFamilies());
        if (families.isEmpty()) {
            boolean isIpv6 = Values.or(service.getSpec().getClusterIP(), "").contains(":")
                    || (!pods.isEmpty()
                            && pods.getFirst().getStatus().getPodIP().contains(":"));
            families.add(isIpv6 ? "IPv6" : "IPv4");
        }
        return families;
    }

    private static Endpoint endpoint(
            Service service, Pod pod, String address, Function<String, Optional<String>> zoneOf) {
        boolean serving = PodState.isReady(pod);
        boolean terminating = PodState.isDeleting(pod);
        boolean publishes = Values.isTrue(service.getSpec().getPublishNotReadyAddresses());
        String node = pod.getSpec().getNodeName();
        String hostname = service.getMetadata().getName().equals(pod.getSpec().getSubdomain())
                ? pod.getSpec().getHostname()
                : null;
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(publishes || (serving && !terminating))
                .withServing(serving)
                .withTerminating(terminating)
                .endConditions()
                .withHostname(hostname)
                .withNodeName(node)
                .withZone(node == null ? null : zoneOf.apply(node).orElse(null))
                .withNewTargetRef()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef()
                .build();
    }

    private static List<EndpointSlice> take(List<EndpointSlice> unused, Group group) {
        List<EndpointPort> ports = ports(group);
        List<EndpointSlice> mine = unused.stream()
                .filter(slice -> group.family.equals(slice.getAddressType())
                        && slice.getPorts().equals(ports))
                .toList();
        unused.removeAll(mine);
        return mine;
    }

    /** Keeps endpoints in the slices they are in, fills gaps, opens new slices for the rest, drops empty ones. */
    private static void place(
            Service service, Group group, List<Endpoint> wanted, List<EndpointSlice> mine, Changes changes) {
        Map<String, Endpoint> open = new LinkedHashMap<>();
        wanted.forEach(endpoint -> open.put(identity(endpoint), endpoint));
        List<List<Endpoint>> contents = new ArrayList<>();
        for (EndpointSlice slice : mine) {
            List<Endpoint> kept = new ArrayList<>();
            for (Endpoint endpoint : slice.getEndpoints()) {
                Endpoint next = open.remove(identity(endpoint));
                if (next != null) {
                    kept.add(next);
                }
            }
            contents.add(kept);
        }
        List<Endpoint> rest = new ArrayList<>(open.values());
        for (List<Endpoint> content : contents) {
            while (!rest.isEmpty() && content.size() < MOST) {
                content.add(rest.removeFirst());
            }
        }
        boolean anyContent = contents.stream().anyMatch(content -> !content.isEmpty());
        for (int slot = 0; slot < mine.size(); slot++) {
            if (contents.get(slot).isEmpty() && (anyContent || slot > 0)) {
                changes.delete.add(mine.get(slot));
            } else {
                EndpointSlice next = slice(service, group, contents.get(slot), Optional.of(mine.get(slot)));
                if (!isSame(next, mine.get(slot))) {
                    changes.update.add(next);
                }
            }
        }
        if (mine.isEmpty() && rest.isEmpty()) {
            changes.create.add(slice(service, group, rest, Optional.empty()));
        }
        for (int from = 0; from < rest.size(); from += MOST) {
            List<Endpoint> part = rest.subList(from, Math.min(rest.size(), from + MOST));
            changes.create.add(slice(service, group, part, Optional.empty()));
        }
    }

    private static String identity(Endpoint endpoint) {
        return endpoint.getTargetRef() == null
                ? String.join(",", endpoint.getAddresses())
                : endpoint.getTargetRef().getUid();
    }

    private static EndpointSlice slice(
            Service service, Group group, List<Endpoint> endpoints, Optional<EndpointSlice> present) {
        return new EndpointSliceBuilder(present.orElseGet(EndpointSlice::new))
                .editOrNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withGenerateName(service.getMetadata().getName() + "-")
                .withLabels(labels(service))
                .withOwnerReferences(Owners.controllerReference(service))
                .endMetadata()
                .withAddressType(group.family)
                .withPorts(ports(group))
                .withEndpoints(endpoints)
                .build();
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels =
                new LinkedHashMap<>(Values.or(service.getMetadata().getLabels()));
        labels.remove(HEADLESS);
        labels.put(SERVICE, service.getMetadata().getName());
        labels.put(MANAGED_BY, MANAGER);
        if ("None".equals(service.getSpec().getClusterIP())) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    private static List<EndpointPort> ports(Group group) {
        return group.ports.stream()
                .map(port -> new EndpointPortBuilder()
                        .withName(port.name())
                        .withProtocol(port.protocol())
                        .withPort(port.number())
                        .withAppProtocol(port.appProtocol().orElse(null))
                        .build())
                .toList();
    }

    private static boolean isSame(EndpointSlice one, EndpointSlice other) {
        return one.getEndpoints().equals(other.getEndpoints())
                && Values.or(one.getMetadata().getLabels())
                        .equals(Values.or(other.getMetadata().getLabels()))
                && one.getMetadata()
                        .getOwnerReferences()
                        .equals(other.getMetadata().getOwnerReferences());
    }
}
