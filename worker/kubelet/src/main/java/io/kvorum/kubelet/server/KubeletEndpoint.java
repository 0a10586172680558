package io.kvorum.kubelet.server;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.cri.CriClient;
import io.kvorum.cri.CriException;
import io.kvorum.cri.runtime.AttachRequest;
import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ExecRequest;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.http.QueryParameters;
import io.kvorum.kubelet.linux.MachineFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the kubelet answers on port 10250, to the API server and administrators only. One virtual thread per request. */
public final class KubeletEndpoint implements Endpoint {
    private final CriClient cri;
    private final ContainerDirectory directory;
    private final ResourceMetrics metrics;
    private final StreamPassThrough streams = new StreamPassThrough();
    private final Supplier<List<Pod>> pods;
    private final PodListText podList;
    private final InstantSource clock;

    /** Gives the JSON of a list of pods. */
    @FunctionalInterface
    public interface PodListText {
        String of(List<Pod> pods);
    }

    public KubeletEndpoint(
            CriClient cri, String nodeName, Supplier<List<Pod>> pods, PodListText podList, InstantSource clock) {
        this.cri = cri;
        this.directory = new ContainerDirectory(cri);
        this.metrics = new ResourceMetrics(cri, new MachineFacts(), nodeName);
        this.pods = pods;
        this.podList = podList;
        this.clock = clock;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (!Callers.isAllowed(exchange)) {
            boolean anonymous = exchange.peerCertificates().isEmpty();
            text(exchange, anonymous ? 401 : 403, anonymous ? "Unauthorized" : "Forbidden");
            return;
        }
        serve(exchange);
    }

    /** Answers a caller who was found good. */
    void serve(Exchange exchange) throws IOException {
        List<String> path = List.of(exchange.path().substring(1).split("/"));
        try {
            switch (path.getFirst()) {
                case "healthz" -> text(exchange, 200, "ok");
                case "pods", "runningpods" -> exchange.respond(200, "application/json", bytes(podList.of(pods.get())));
                case "containerLogs" -> logs(exchange, path);
                case "exec" -> exec(exchange, path);
                case "attach" -> attach(exchange, path);
                case "portForward" -> portForward(exchange, path);
                case "stats" ->
                    exchange.respond(
                            200,
                            "application/json",
                            bytes(metrics.summary(clock.instant()).toString()));
                case "metrics" -> exchange.respond(200, "text/plain; version=0.0.4", bytes(metrics.text()));
                default -> text(exchange, 404, "404 page not found");
            }
        } catch (CriException failure) {
            if (!exchange.isCommitted()) {
                text(exchange, 500, failure.getMessage());
            }
        } catch (IllegalArgumentException malformed) {
            if (exchange.isCommitted()) {
                throw malformed;
            }
            text(exchange, 400, String.valueOf(malformed.getMessage()));
        }
    }

    private static void text(Exchange exchange, int status, @org.jspecify.annotations.Nullable String text)
            throws IOException {
        exchange.respond(status, "text/plain; charset=utf-8", bytes(String.valueOf(text)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void logs(Exchange exchange, List<String> path) throws IOException {
        if (path.size() != 4) {
            text(exchange, 404, "404 page not found");
            return;
        }
        String pod = path.get(2);
        String container = path.get(3);
        LogRequest request = LogRequest.of(exchange.query(), clock.instant());
        List<Container> found = directory.containers(path.get(1), pod, container);
        int wanted = request.previous() ? 1 : 0;
        Optional<ContainerStatus> status =
                found.size() > wanted ? directory.status(found.get(wanted).getId()) : previousOfEnded(found, request);
        if (status.isEmpty()) {
            String why = request.previous()
                    ? "previous terminated container \"%s\" in pod \"%s\" not found".formatted(container, pod)
                    : "container \"%s\" in pod \"%s\" is waiting to start: %s"
                            .formatted(container, pod, PodWait.reason(pods.get(), path.get(1), pod, container));
            text(exchange, 400, why);
            return;
        }
        sendLog(exchange, request, status.get());
    }

    /** While a container waits for its restart, the one that ended is both the present and the previous one. */
    private Optional<ContainerStatus> previousOfEnded(List<Container> found, LogRequest request) {
        return request.previous()
                ? found.stream()
                        .findFirst()
                        .flatMap(only -> directory.status(only.getId()))
                        .filter(status -> status.getState() == ContainerState.CONTAINER_EXITED)
                : Optional.empty();
    }

    private void sendLog(Exchange exchange, LogRequest request, ContainerStatus status) throws IOException {
        Path file = Path.of(status.getLogPath());
        if (!Files.exists(file)) {
            text(
                    exchange,
                    404,
                    "log of container %s is not there"
                            .formatted(status.getMetadata().getName()));
            return;
        }
        exchange.responseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        try (OutputStream out = exchange.respond(200)) {
            out.flush();
            LogStream.send(
                    file,
                    request,
                    () -> directory
                            .status(status.getId())
                            .filter(now -> now.getState() == ContainerState.CONTAINER_RUNNING)
                            .isPresent(),
                    out);
        }
    }

    /** Paths come with the pod's uid before the container, or without. */
    private Optional<Container> running(List<String> path) {
        return path.size() < 4
                ? Optional.empty()
                : directory.containers(path.get(1), path.get(2), path.getLast()).stream()
                        .filter(container -> container.getState() == ContainerState.CONTAINER_RUNNING)
                        .findFirst();
    }

    private void exec(Exchange exchange, List<String> path) throws IOException {
        Optional<Container> container = running(path);
        if (container.isEmpty()) {
            text(exchange, 404, "container not found (\"%s\")".formatted(path.getLast()));
            return;
        }
        QueryParameters query = exchange.query();
        boolean tty = query.flag("tty");
        String url = cri.exec(ExecRequest.newBuilder()
                .setContainerId(container.get().getId())
                .addAllCmd(query.all("command"))
                .setTty(tty)
                .setStdin(query.flag("input") || query.flag("stdin"))
                .setStdout(query.flag("output") || query.flag("stdout"))
                .setStderr(!tty && (query.flag("error") || query.flag("stderr")))
                .build());
        streams.serve(exchange, URI.create(url), "");
    }

    private void attach(Exchange exchange, List<String> path) throws IOException {
        Optional<Container> container = running(path);
        if (container.isEmpty()) {
            text(exchange, 404, "container not found (\"%s\")".formatted(path.getLast()));
            return;
        }
        QueryParameters query = exchange.query();
        boolean tty = query.flag("tty");
        String url = cri.attach(AttachRequest.newBuilder()
                .setContainerId(container.get().getId())
                .setTty(tty)
                .setStdin(query.flag("input") || query.flag("stdin"))
                .setStdout(query.flag("output") || query.flag("stdout"))
                .setStderr(!tty && (query.flag("error") || query.flag("stderr")))
                .build());
        streams.serve(exchange, URI.create(url), "");
    }

    private void portForward(Exchange exchange, List<String> path) throws IOException {
        Optional<PodSandbox> sandbox =
                path.size() < 3 ? Optional.empty() : directory.readySandbox(path.get(1), path.get(2));
        if (sandbox.isEmpty()) {
            text(exchange, 404, "pod not found (\"%s\")".formatted(path.getLast()));
            return;
        }
        List<String> ports = exchange.query().all("port").stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .toList();
        String url = cri.portForward(
                sandbox.get().getId(), ports.stream().map(Integer::parseInt).toList());
        String query = ports.stream().map(port -> "port=" + port).collect(Collectors.joining("&"));
        streams.serve(exchange, URI.create(url), query);
    }
}
