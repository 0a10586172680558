package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectApi;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import io.kvorum.controllers.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the EndpointSlices of Services with a selector. Reads Services, pods, nodes; writes the slices it manages. */
public final class EndpointSliceController extends KeyedController {
    private static final String BY_SERVICE = "service";

    private final ControllerContext context;
    private final Informer<Service> services;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final Informer<EndpointSlice> slices;

    /** Slices just created, by service, until the informer shows them: else a late copy would make a second one. */
    private final Set<String> unseen = ConcurrentHashMap.newKeySet();

    public EndpointSliceController(ControllerContext context) {
        super("endpointslice", 4);
        this.context = context;
        this.services = context.informers().of(Service.class);
        this.pods = context.informers().of(Pod.class);
        this.nodes = context.informers().of(Node.class);
        this.slices = context.informers().of(EndpointSlice.class);
        slices.addIndex(BY_SERVICE, EndpointSliceController::serviceOf);
        follow(services);
        ServicePods.follow(pods, services, this::enqueue);
        slices.onChange((before, after) -> {
            EndpointSlice slice = newest(before, after);
            serviceOf(slice).forEach(key -> {
                unseen.remove(key + "#" + slice.getMetadata().getName());
                String[] parts = key.split("/", 2);
                enqueue(new ObjectKey(parts[0], parts[1]));
            });
        });
    }

    private static List<String> serviceOf(EndpointSlice slice) {
        var labels = Values.or(slice.getMetadata().getLabels());
        String name = labels.get(Slices.SERVICE);
        return name == null || !Slices.MANAGER.equals(labels.get(Slices.MANAGED_BY))
                ? List.of()
                : List.of(slice.getMetadata().getNamespace() + "/" + name);
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Service> found = services.find(key);
        if (found.isEmpty() || found.get().getMetadata().getDeletionTimestamp() != null) {
            return Result.done(); // garbage collection takes the slices with their owner
        }
        Service service = found.get();
        if (!ServicePods.hasSelector(service)) {
            return Result.done();
        }
        List<EndpointSlice> present = slices.byIndex(BY_SERVICE, key.toString()).stream()
                .filter(slice -> slice.getMetadata().getDeletionTimestamp() == null)
                .toList();
        boolean isLate = unseen.stream().anyMatch(uid -> uid.startsWith(key + "#"));
        if (isLate) {
            return Result.again(Duration.ofMillis(50));
        }
        Slices.Changes changes = Slices.fit(service, ServicePods.of(service, pods), present, this::zoneOf);
        try {
            write(key, changes);
        } catch (KubernetesClientException e) {
            boolean isLeaving =
                    e.getCode() == 403 && Values.or(e.getMessage(), "").contains("being terminated");
            if (!isLeaving) {
                throw e;
            }
        }
        return Result.done();
    }

    private void write(ObjectKey key, Slices.Changes changes) {
        for (EndpointSlice slice : changes.create()) {
            ObjectKey made = ObjectKey.of(context.api().create(slice));
            awaitSeen(key, made);
        }
        changes.update().forEach(context.api()::update);
        changes.delete().forEach(slice -> context.api().delete(slice, ObjectApi.Dependents.BACKGROUND));
    }

    private void awaitSeen(ObjectKey service, ObjectKey slice) {
        String mark = service + "#" + slice.name();
        unseen.add(mark);
        if (slices.find(slice).isPresent()) {
            unseen.remove(mark);
        }
    }

    private Optional<String> zoneOf(String node) {
        return nodes.find(ObjectKey.ofCluster(node))
                .map(found -> Values.or(found.getMetadata().getLabels()).get("topology.kubernetes.io/zone"));
    }
}
