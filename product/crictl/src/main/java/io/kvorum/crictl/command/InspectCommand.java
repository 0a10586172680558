package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.Container;
import io.kvorum.cri.runtime.ContainerState;
import io.kvorum.cri.runtime.ContainerStatus;
import io.kvorum.cri.runtime.ContainerStatusResponse;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.time.ZoneOffset;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code inspect}: shows all that is known of containers. */
@Command(
        name = "inspect",
        customSynopsis = "CONTAINER-ID [CONTAINER-ID...]",
        description = "Display the status of one or more containers")
final class InspectCommand extends Act {
    @Mixin
    private ContainerFilters filters = new ContainerFilters();

    @Option(names = "--namespace", description = "Filter by pod namespace regular expression pattern")
    private String namespace = "";

    @Option(
            names = {"-s", "--state"},
            description = "Filter by container state")
    private String state = "";

    @Option(
            names = {"-a", "--all"},
            description = "Show all containers")
    private boolean all;

    @Mixin
    private InspectFlags show = new InspectFlags();

    InspectCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Output format = show.format();
        Statuses statuses = new Statuses();
        for (String id : argumentsOr(() -> filters.query(state, all).withNamespace(namespace).ask(session).stream()
                .map(Container::getId)
                .toList())) {
            ContainerStatusResponse response = status(id);
            if (format == Output.TABLE) {
                describe(response);
            } else {
                statuses.add(tree(response.getStatus()), response.getInfoMap());
            }
        }
        statuses.print(format, session.out());
    }

    private ContainerStatusResponse status(String id) {
        return etcdNamed(id)
                .map(etcd -> etcd.containerStatus(show.isVerbose()))
                .or(() -> session.runtime().containerStatus(id, show.isVerbose()))
                .orElseThrow(() -> noSuch("container", id));
    }

    private ObjectNode tree(ContainerStatus status) {
        ObjectNode tree = Statuses.of(status);
        String never = HumanText.timestamp(Statuses.NEVER, ZoneOffset.UTC);
        boolean started = status.getState() != ContainerState.CONTAINER_CREATED;
        boolean ended = status.getState() == ContainerState.CONTAINER_EXITED
                || (status.getState() == ContainerState.CONTAINER_UNKNOWN && status.getFinishedAt() > 0);
        tree.put("createdAt", Statuses.timestamp(status.getCreatedAt(), session.zone()));
        tree.put("startedAt", started ? Statuses.timestamp(status.getStartedAt(), session.zone()) : never);
        tree.put("finishedAt", ended ? Statuses.timestamp(status.getFinishedAt(), session.zone()) : never);
        return tree;
    }

    private void describe(ContainerStatusResponse response) {
        ContainerStatus status = response.getStatus();
        PrintStream out = session.out();
        out.println("ID: " + status.getId());
        out.println("Name: " + status.getMetadata().getName());
        if (status.getMetadata().getAttempt() != 0) {
            out.println(
                    "Attempt: " + Integer.toUnsignedString(status.getMetadata().getAttempt()));
        }
        out.println("State: " + status.getState());
        out.println("Created: " + ago(status.getCreatedAt()));
        if (status.getState() != ContainerState.CONTAINER_CREATED) {
            out.println("Started: " + ago(status.getStartedAt()));
        }
        if (status.getState() == ContainerState.CONTAINER_EXITED) {
            if (status.getFinishedAt() > 0) {
                out.println("Finished: " + ago(status.getFinishedAt()));
            }
            out.println("Exit Code: " + status.getExitCode());
        }
        PsCommand.pairs(out, "Labels:", status.getLabelsMap());
        PsCommand.pairs(out, "Annotations:", status.getAnnotationsMap());
        if (show.isVerbose()) {
            out.println("Info: " + HumanText.map(response.getInfoMap()));
        }
    }

    private String ago(long nanoseconds) {
        return HumanText.ago(
                HumanText.ofNanoseconds(nanoseconds), session.clock().instant());
    }
}
