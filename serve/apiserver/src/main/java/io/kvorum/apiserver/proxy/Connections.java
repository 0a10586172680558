package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Passes requests on: logs, exec, attach and port-forward to kubelets; proxies to nodes, pods and services. Any thread. */
public final class Connections {
    private static final List<String> LOG_PARAMETERS = List.of(
            "follow", "previous", "sinceSeconds", "sinceTime", "timestamps", "tailLines", "limitBytes", "stream");

    private final KubeletAddress kubelets;
    private final ServiceBackends services;
    private final ClusterObjects objects;
    private final Relay relay;

    /** @param kubeletTls trusts kubelets and shows our certificate to them; asked anew for each connection */
    public Connections(
            ClusterObjects objects, Supplier<SSLContext> kubeletTls, KubeletDetour detour, RandomGenerator chance) {
        this.objects = objects;
        this.kubelets = new KubeletAddress(objects, detour);
        this.services = new ServiceBackends(objects, chance);
        this.relay = new Relay(kubeletTls);
    }

    /** Log, exec, attach and port-forward of a pod. */
    public void connect(Authorized request, Exchange exchange, ObjectNode pod) throws IOException {
        String node = pod.path("spec").path("nodeName").asString("");
        String subresource = request.request().subresource();
        if (subresource.equals("log")) {
            String container = ContainerChoice.of(pod, parameter(exchange, "container"));
            if (node.isEmpty()) {
                exchange.respond(200, "text/plain", new byte[0]);
            } else {
                relay.log(exchange, kubelets.at(node, logPath(exchange, pod, container)));
            }
            return;
        }
        if (node.isEmpty()) {
            throw ApiException.badRequest("pod %s does not have a host assigned".formatted(Fields.name(pod)));
        }
        String path = switch (subresource) {
            case "exec", "attach" -> sessionPath(subresource, exchange, pod);
            case "portforward" -> podPath("portForward", pod) + query(exchange.rawQuery());
            default -> throw ApiException.badRequest("pods have no subresource " + subresource);
        };
        relay.upgrade(exchange, kubelets.at(node, path));
    }

    /** Nodes, pods and services: whatever is asked goes on, whatever comes back is the answer. */
    public void proxy(Authorized request, Exchange exchange) throws IOException {
        RequestInfo info = request.request();
        GroupVersionResource resource = Objects.requireNonNull(info.resource(), "a proxy names a resource");
        String path = "/" + rawRest(exchange.rawPath()) + query(exchange.rawQuery());
        ProxyName name = ProxyName.parse(info.name());
        Backend backend = switch (resource.resource()) {
            case "nodes" -> kubelets.at(name.name(), path);
            case "pods" -> pod(info.namespace(), name, path);
            case "services" -> services.choose(info.namespace(), name, path);
            default -> throw ApiException.methodNotAllowed("proxy", resource);
        };
        if (exchange.requestHeaders().first("Upgrade").isPresent()) {
            relay.upgrade(exchange, backend);
        } else {
            relay.plain(exchange, backend);
        }
    }

    private Backend pod(String namespace, ProxyName name, String path) {
        JsonNode pod = objects.find(KnownResources.PODS, namespace, name.name())
                .orElseThrow(() -> ApiException.notFound(KnownResources.PODS, name.name()));
        String address = pod.path("status").path("podIP").asString("");
        if (address.isEmpty()) {
            throw ApiException.badRequest("pod %s has no address yet".formatted(name.name()));
        }
        return new Backend(name.kind(), address, podPort(pod, name), path);
    }

    private static int podPort(JsonNode pod, ProxyName name) {
        if (name.port().isEmpty()) {
            for (JsonNode container : pod.path("spec").path("containers")) {
                if (!container.path("ports").isEmpty()) {
                    return container.path("ports").path(0).path("containerPort").asInt(80);
                }
            }
            return name.isHttps() ? 443 : 80;
        }
        try {
            return Integer.parseInt(name.port());
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("the port of a pod must be a number, got " + name.port());
        }
    }

    private static String logPath(Exchange exchange, JsonNode pod, String container) {
        StringBuilder query = new StringBuilder();
        for (String name : LOG_PARAMETERS) {
            exchange.query().first(name).ifPresent(value -> append(query, name, value));
        }
        return podPath("containerLogs", pod) + "/" + container + query;
    }

    private static String sessionPath(String subresource, Exchange exchange, JsonNode pod) {
        String container = ContainerChoice.of(pod, parameter(exchange, "container"));
        StringBuilder query = new StringBuilder();
        exchange.query().all("command").forEach(word -> append(query, "command", word));
        appendFlag(query, exchange, "stdin", "input");
        appendFlag(query, exchange, "stdout", "output");
        appendFlag(query, exchange, "stderr", "error");
        appendFlag(query, exchange, "tty", "tty");
        return podPath(subresource, pod) + "/" + container + query;
    }

    private static String podPath(String first, JsonNode pod) {
        return "/" + first + "/" + Fields.namespace(pod) + "/" + Fields.name(pod);
    }

    private static void appendFlag(StringBuilder query, Exchange exchange, String theirs, String kubelets) {
        if (exchange.query().flag(theirs)) {
            append(query, kubelets, "1");
        }
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private static String parameter(Exchange exchange, String name) {
        return exchange.query().first(name).orElse("");
    }

    private static String query(String rawQuery) {
        return rawQuery.isEmpty() ? "" : "?" + rawQuery;
    }

    /** What stands behind {@code /proxy/} in the encoded path, which must reach the backend as it came. */
    private static String rawRest(String rawPath) {
        int proxy = rawPath.indexOf("/proxy");
        String rest = rawPath.substring(proxy + "/proxy".length());
        return rest.startsWith("/") ? rest.substring(1) : rest;
    }
}
