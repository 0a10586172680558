package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.cri.runtime.PodSandboxStatusResponse;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code inspectp}: shows all that is known of pods. */
@Command(
        name = "inspectp",
        customSynopsis = "POD-ID [POD-ID...]",
        description = "Display the status of one or more pods")
final class InspectPodCommand extends Act {
    @Mixin
    private PodFilters filters = new PodFilters();

    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: json)")
    private String output = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not show verbose information")
    private boolean quiet;

    @Mixin
    private TemplateFlag template = new TemplateFlag();

    InspectPodCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        template.demandNone();
        Output format = Output.of(output, Output.JSON);
        Statuses statuses = new Statuses();
        for (String id : chosen()) {
            PodSandboxStatusResponse response = etcdPodNamed(id)
                    .map(etcd -> etcd.podStatus(!quiet))
                    .or(() -> session.runtime().podSandboxStatus(id, !quiet))
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

    private List<String> chosen() {
        if (!arguments().isEmpty()) {
            return arguments();
        }
        List<String> found =
                filters.ask(session, "").stream().map(PodSandbox::getId).toList();
        demand(!found.isEmpty(), "No IDs provided or nothing found per filter");
        return found;
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
        if (!quiet) {
            out.println("Info: " + HumanText.map(response.getInfoMap()));
        }
    }
}
