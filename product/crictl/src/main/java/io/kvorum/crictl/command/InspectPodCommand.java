package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.cri.runtime.PodSandboxStatusResponse;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code inspectp}: shows all that is known of pods. */
@Command(
        name = "inspectp",
        customSynopsis = "POD-ID [POD-ID...]",
        description = "Display the status of one or more pods")
final class InspectPodCommand extends Act {
    @Mixin
    private PodFilters filters = new PodFilters();

    @Mixin
    private InspectFlags show = new InspectFlags();

    InspectPodCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        Output format = show.format();
        Statuses statuses = new Statuses();
        for (String id : argumentsOr(
                () -> filters.ask(session, "").stream().map(PodSandbox::getId).toList())) {
            PodSandboxStatusResponse response = etcdPodNamed(id)
                    .map(etcd -> etcd.podStatus(show.isVerbose()))
                    .or(() -> session.runtime().podSandboxStatus(id, show.isVerbose()))
                    .orElseThrow(() -> noSuch("pod", id));
            if (format == Output.TABLE) {
                describe(response);
            } else {
                ObjectNode tree = Statuses.of(response.getStatus());
                tree.put("createdAt", Statuses.timestamp(response.getStatus().getCreatedAt(), session.zone()));
                statuses.add(tree, response.getInfoMap());
            }
        }
        statuses.print(format, session.out());
    }

    private void describe(PodSandboxStatusResponse response) {
        PodSandboxStatus status = response.getStatus();
        PrintStream out = session.out();
        out.println("ID: " + status.getId());
        out.println("Name: " + status.getMetadata().getName());
        out.println("UID: " + status.getMetadata().getUid());
        out.println("Namespace: " + status.getMetadata().getNamespace());
        out.println("Attempt: " + Integer.toUnsignedString(status.getMetadata().getAttempt()));
        out.println("Status: " + status.getState());
        out.println("Created: " + HumanText.wallClock(HumanText.ofNanoseconds(status.getCreatedAt()), session.zone()));
        if (status.hasNetwork()) {
            out.println("IP Addresses: " + status.getNetwork().getIp());
            status.getNetwork().getAdditionalIpsList().forEach(each -> out.println("Additional IP: " + each.getIp()));
        }
        PsCommand.pairs(out, "Labels:", status.getLabelsMap());
        PsCommand.pairs(out, "Annotations:", status.getAnnotationsMap());
        if (show.isVerbose()) {
            out.println("Info: " + HumanText.map(response.getInfoMap()));
        }
    }
}
