package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerFilter;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStateValue;
import io.kvorum.crictl.session.Session;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code stop}: stops containers. */
@Command(
        name = "stop",
        customSynopsis = "CONTAINER-ID [CONTAINER-ID...]",
        description = "Stop one or more running containers")
final class StopCommand extends Act {
    @Option(
            names = {"-t", "--timeout"},
            description = "Seconds to wait to kill the container after a graceful stop is requested")
    private long timeoutSeconds;

    @Option(
            names = {"-a", "--all"},
            description = "Stop all running containers")
    private boolean all;

    StopCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(!all || arguments().isEmpty(), "cannot specify CONTAINER-ID(s) when using --all");
        demand(all || !arguments().isEmpty(), "you must specify at least one CONTAINER-ID or use --all");
        List<String> ids = all ? running() : arguments();
        if (ids.isEmpty()) {
            session.out().println("No running containers found.");
        }
        forEach(ids, id -> {
            etcdNamed(id).ifPresent(etcd -> {
                throw etcd.refusal("stopped");
            });
            session.runtime().stopContainer(id, Duration.ofSeconds(timeoutSeconds));
            session.out().println(id);
        });
    }

    private List<String> running() {
        ContainerFilter filter = ContainerFilter.newBuilder()
                .setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING))
                .build();
        return session.runtime().listContainers(filter).stream()
                .map(Container::getId)
                .toList();
    }
}
