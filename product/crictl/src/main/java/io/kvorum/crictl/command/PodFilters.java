package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxFilter;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.cri.runtime.PodSandboxStateValue;
import io.kvorum.crictl.etcd.ServerEtcd;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The flags that choose pods, and what they choose. */
final class PodFilters {
    @Option(names = "--name", description = "Filter by pod name regular expression pattern")
    private String name = "";

    @Option(names = "--namespace", description = "Filter by pod namespace regular expression pattern")
    private String namespace = "";

    @Option(
            names = {"-s", "--state"},
            description = "Filter by pod state")
    private String state = "";

    @Option(names = "--label", description = "Filter by key=value label")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"-l", "--latest"},
            description = "Show the most recently created pod")
    private boolean latest;

    @Option(
            names = {"-n", "--last"},
            description = "Show last n recently created pods. Set 0 for unlimited")
    private int last;

    List<PodSandbox> ask(Session session, String id) {
        Pattern names = Patterns.of(name);
        Pattern namespaces = Patterns.of(namespace);
        List<PodSandbox> found = new ArrayList<>(fromRuntime(session, id));
        session.etcd().filter(etcd -> meets(etcd, id)).map(ServerEtcd::pod).ifPresent(found::add);
        return found.stream()
                .filter(each -> names.matcher(each.getMetadata().getName()).find()
                        && namespaces.matcher(each.getMetadata().getNamespace()).find())
                .sorted(Comparator.comparingLong(PodSandbox::getCreatedAt).reversed())
                .limit(last > 0 ? last : latest ? 1 : Long.MAX_VALUE)
                .toList();
    }

    private List<PodSandbox> fromRuntime(Session session, String id) {
        Optional<String> obstacle = session.settings().runtime().obstacle();
        if (obstacle.isPresent() && session.etcd().isPresent()) {
            session.notices().warning(obstacle.get());
            return List.of();
        }
        PodSandboxFilter.Builder filter =
                PodSandboxFilter.newBuilder().setId(id).putAllLabelSelector(Act.labels(labels));
        wantedState()
                .ifPresent(each ->
                        filter.setState(PodSandboxStateValue.newBuilder().setState(each)));
        return session.runtime().listPodSandboxes(filter.build());
    }

    private Optional<PodSandboxState> wantedState() {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "ready" -> Optional.of(PodSandboxState.SANDBOX_READY);
            case "notready" -> Optional.of(PodSandboxState.SANDBOX_NOTREADY);
            default -> throw new Failure("--state should be ready or notready");
        };
    }

    private boolean meets(ServerEtcd etcd, String id) {
        return (id.isEmpty() || etcd.isPodNamedBy(id))
                && wantedState().map(etcd.pod().getState()::equals).orElse(true)
                && etcd.pod()
                        .getLabelsMap()
                        .entrySet()
                        .containsAll(Act.labels(labels).entrySet());
    }
}
