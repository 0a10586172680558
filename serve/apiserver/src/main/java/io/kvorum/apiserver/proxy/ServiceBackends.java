package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Finds a pod behind a Service for a proxy; any thread. */
final class ServiceBackends {
    private final ClusterObjects objects;
    private final RandomGenerator chance;

    ServiceBackends(ClusterObjects objects, RandomGenerator chance) {
        this.objects = objects;
        this.chance = chance;
    }

    Backend choose(String namespace, ProxyName wanted, String pathAndQuery) {
        JsonNode service = objects.find(KnownResources.SERVICES, namespace, wanted.name())
                .orElseThrow(() -> ApiException.notFound(KnownResources.SERVICES, wanted.name()));
        String portName = portName(service, wanted);
        List<Backend> ready = new ArrayList<>();
        for (JsonNode slice : objects.list(KnownResources.ENDPOINT_SLICES, namespace)) {
            boolean isOurs = slice.path("metadata")
                    .path("labels")
                    .path("kubernetes.io/service-name")
                    .asString("")
                    .equals(wanted.name());
            if (isOurs) {
                addReady(ready, slice, portName, wanted, pathAndQuery);
            }
        }
        if (ready.isEmpty()) {
            throw ApiException.unavailable("no endpoints available for service \"%s\"".formatted(wanted.name()), 0);
        }
        return ready.get(chance.nextInt(ready.size()));
    }

    private static void addReady(
            List<Backend> ready, JsonNode slice, String portName, ProxyName wanted, String pathAndQuery) {
        for (JsonNode port : slice.path("ports")) {
            if (!port.path("name").asString("").equals(portName)) {
                continue;
            }
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (endpoint.path("conditions").path("ready").asBoolean(true)) {
                    ready.add(new Backend(
                            wanted.kind(),
                            endpoint.path("addresses").path(0).asString(""),
                            port.path("port").asInt(0),
                            pathAndQuery));
                }
            }
        }
    }

    /** By number or by name; the only port when none is named. */
    private static String portName(JsonNode service, ProxyName wanted) {
        JsonNode ports = service.path("spec").path("ports");
        for (JsonNode port : ports) {
            String name = port.path("name").asString("");
            boolean isWanted = wanted.port().isEmpty()
                    ? ports.size() == 1
                    : name.equals(wanted.port())
                            || Integer.toString(port.path("port").asInt(0)).equals(wanted.port());
            if (isWanted) {
                return name;
            }
        }
        throw ApiException.unavailable(
                "no service port \"%s\" found for service \"%s\"".formatted(wanted.port(), Fields.name(service)), 0);
    }
}
