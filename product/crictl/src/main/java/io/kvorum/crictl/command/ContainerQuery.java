package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerFilter;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStateValue;
import io.kvorum.cri.runtime.Image;
import io.kvorum.crictl.etcd.ServerEtcd;
import io.kvorum.crictl.session.Failure;
import io.kvorum.crictl.session.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which containers are wanted; an empty text or map is no condition.
 *
 * @param name a regular expression, and {@code namespace} another
 * @param anyState instead of only the running ones, unless {@code state} names one
 * @param most how many, the youngest first
 */
record ContainerQuery(
        String id,
        String pod,
        String name,
        String namespace,
        String image,
        String state,
        Map<String, String> labels,
        boolean anyState,
        int most) {
    static final String NAMESPACE_LABEL = "io.kubernetes.pod.namespace";
    static final String POD_LABEL = "io.kubernetes.pod.name";

    ContainerQuery withId(String wanted) {
        return new ContainerQuery(wanted, pod, name, namespace, image, state, labels, anyState, most);
    }

    ContainerQuery withNamespace(String wanted) {
        return new ContainerQuery(id, pod, name, wanted, image, state, labels, anyState, most);
    }

    /** What the runtime has of them, and the server's own etcd. */
    List<Container> ask(Session session) {
        Pattern names = Patterns.of(name);
        Pattern namespaces = Patterns.of(namespace);
        List<Container> found = new ArrayList<>(fromRuntime(session));
        session.etcd().filter(this::meetsEtcd).map(ServerEtcd::container).ifPresent(found::add);
        return found.stream()
                .filter(each -> names.matcher(each.getMetadata().getName()).find())
                .filter(each -> namespaces
                        .matcher(each.getLabelsOrDefault(NAMESPACE_LABEL, "unknown"))
                        .find())
                .sorted(Comparator.comparingLong(Container::getCreatedAt).reversed())
                .limit(most)
                .toList();
    }

    /** A server whose containerd is down still has its etcd, which may be what somebody needs to repair it. */
    private List<Container> fromRuntime(Session session) {
        Optional<String> obstacle = session.settings().runtime().obstacle();
        if (obstacle.isPresent() && session.etcd().isPresent()) {
            session.notices().warning(obstacle.get());
            return List.of();
        }
        List<Container> found = session.runtime().listContainers(filter());
        if (image.isEmpty()) {
            return found;
        }
        Optional<String> wanted = session.images().imageStatus(image).map(Image::getId);
        return found.stream()
                .filter(each -> wanted.isPresent()
                        && session.images()
                                .imageStatus(each.getImage().getImage())
                                .map(Image::getId)
                                .equals(wanted))
                .toList();
    }

    private ContainerFilter filter() {
        ContainerFilter.Builder filter =
                ContainerFilter.newBuilder().setId(id).setPodSandboxId(pod).putAllLabelSelector(labels);
        wantedState()
                .ifPresent(
                        each -> filter.setState(ContainerStateValue.newBuilder().setState(each)));
        return filter.build();
    }

    private Optional<ContainerState> wantedState() {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "" -> anyState ? Optional.empty() : Optional.of(ContainerState.CONTAINER_RUNNING);
            case "created" -> Optional.of(ContainerState.CONTAINER_CREATED);
            case "running" -> Optional.of(ContainerState.CONTAINER_RUNNING);
            case "exited" -> Optional.of(ContainerState.CONTAINER_EXITED);
            case "unknown" -> Optional.of(ContainerState.CONTAINER_UNKNOWN);
            default -> throw new Failure("--state should be one of created, running, exited or unknown");
        };
    }

    /** What the runtime would do with the filter. */
    private boolean meetsEtcd(ServerEtcd etcd) {
        Container container = etcd.container();
        return (id.isEmpty() || etcd.isNamedBy(id))
                && (pod.isEmpty() || etcd.isPodNamedBy(pod))
                && wantedState().map(container.getState()::equals).orElse(true)
                && container.getLabelsMap().entrySet().containsAll(labels.entrySet())
                && (image.isEmpty() || image.equals(ServerEtcd.IMAGE) || image.startsWith(ServerEtcd.IMAGE + ":"));
    }
}
