package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.ListPodSandboxResponse;
import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.crictl.print.Columns;
import io.kvorum.crictl.print.Documents;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.print.ProtoTree;
import io.kvorum.crictl.session.Session;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code pods}: lists pods. */
@Command(name = "pods", description = "List pods")
final class PodsCommand extends Act {
    @Mixin
    private PodFilters filters = new PodFilters();

    @Option(names = "--id", description = "Filter by pod id")
    private String id = "";

    @Option(
            names = {"-v", "--verbose"},
            description = "Show verbose info for pods")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "List only pod IDs")
    private boolean quiet;

    @Option(
            names = {"-o", "--output"},
            description = "Output format, One of: json|yaml|table (default: table)")
    private String output = "";

    @Option(names = "--no-trunc", description = "Show output without truncating the ID")
    private boolean noTrunc;

    PodsCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demandNoArguments();
        Output format = Output.of(output, Output.TABLE);
        List<PodSandbox> pods = filters.ask(session, id);
        if (format != Output.TABLE) {
            ListPodSandboxResponse response =
                    ListPodSandboxResponse.newBuilder().addAllItems(pods).build();
            Documents.print(ProtoTree.of(response), format, session.out());
        } else if (quiet) {
            pods.forEach(each -> session.out().println(each.getId()));
        } else if (verbose) {
            pods.forEach(this::describe);
        } else {
            table(pods);
        }
    }

    private void table(List<PodSandbox> pods) {
        Columns table = new Columns("POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME");
        for (PodSandbox each : pods) {
            table.row(
                    noTrunc ? each.getId() : HumanText.shortId(each.getId(), ""),
                    HumanText.ago(
                            HumanText.ofNanoseconds(each.getCreatedAt()),
                            session.clock().instant()),
                    name(each.getState()),
                    each.getMetadata().getName(),
                    each.getMetadata().getNamespace(),
                    Integer.toUnsignedString(each.getMetadata().getAttempt()),
                    handler(each));
        }
        table.print(session.out());
    }

    private void describe(PodSandbox pod) {
        PrintStream out = session.out();
        out.println("ID: " + pod.getId());
        out.println("Name: " + pod.getMetadata().getName());
        out.println("UID: " + pod.getMetadata().getUid());
        out.println("Namespace: " + pod.getMetadata().getNamespace());
        if (pod.getMetadata().getAttempt() != 0) {
            out.println("Attempt: " + Integer.toUnsignedString(pod.getMetadata().getAttempt()));
        }
        out.println("Status: " + name(pod.getState()));
        out.println("Created: " + HumanText.wallClock(HumanText.ofNanoseconds(pod.getCreatedAt()), session.zone()));
        PsCommand.pairs(out, "Labels:", pod.getLabelsMap());
        PsCommand.pairs(out, "Annotations:", pod.getAnnotationsMap());
        out.println("Runtime: " + handler(pod));
        out.println();
    }

    private static String name(PodSandboxState state) {
        return switch (state) {
            case SANDBOX_READY -> "Ready";
            case SANDBOX_NOTREADY, UNRECOGNIZED -> "NotReady";
        };
    }

    private static String handler(PodSandbox pod) {
        return pod.getRuntimeHandler().isEmpty() ? "(default)" : pod.getRuntimeHandler();
    }
}
