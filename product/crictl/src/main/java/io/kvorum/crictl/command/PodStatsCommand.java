package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.CpuUsage;
import io.kvorum.cri.runtime.ListPodSandboxStatsResponse;
import io.kvorum.cri.runtime.PodSandboxStats;
import io.kvorum.cri.runtime.PodSandboxStatsFilter;
import io.kvorum.crictl.print.Columns;
import io.kvorum.crictl.print.Documents;
import io.kvorum.crictl.print.HumanText;
import io.kvorum.crictl.print.Output;
import io.kvorum.crictl.print.ProtoTree;
import io.kvorum.crictl.session.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code statsp}: what pods use. */
@Command(name = "statsp", customSynopsis = "[ID]", description = "List pod resource usage statistics")
final class PodStatsCommand extends Act {
    @Mixin
    private Sampling sampling = new Sampling();

    @Option(names = "--id", description = "Filter by pod id")
    private String id = "";

    PodStatsCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(arguments().size() <= 1, "statsp takes one ID at most");
        String wanted = id.isEmpty() && !arguments().isEmpty() ? arguments().getFirst() : id;
        etcdPodNamed(wanted).ifPresent(etcd -> {
            throw etcd.unsupported("measure");
        });
        PodSandboxStatsFilter filter = PodSandboxStatsFilter.newBuilder()
                .setId(wanted)
                .putAllLabelSelector(sampling.labels())
                .build();
        sampling.repeat(session, () -> look(filter));
    }

    private List<PodSandboxStats> ask(PodSandboxStatsFilter filter) {
        return session.runtime().listPodSandboxStats(filter).stream()
                .sorted(Comparator.comparing(each -> each.getAttributes().getId()))
                .toList();
    }

    private void look(PodSandboxStatsFilter filter) throws InterruptedException {
        Output format = Output.of(sampling.output(), Output.TABLE);
        List<PodSandboxStats> first = ask(filter);
        if (format != Output.TABLE) {
            ListPodSandboxStatsResponse response =
                    ListPodSandboxStatsResponse.newBuilder().addAllStats(first).build();
            Documents.print(ProtoTree.of(response), format, session.out());
            return;
        }
        Map<String, CpuUsage> before = new TreeMap<>();
        first.forEach(
                each -> before.put(each.getAttributes().getId(), each.getLinux().getCpu()));
        sampling.pause();
        Columns table = new Columns("POD", "POD ID", "CPU %", "MEM");
        for (PodSandboxStats each : ask(filter)) {
            CpuUsage earlier = before.get(each.getAttributes().getId());
            if (earlier != null && each.hasLinux()) {
                table.row(
                        each.getAttributes().getMetadata().getName(),
                        HumanText.shortId(each.getAttributes().getId(), ""),
                        Sampling.percent(earlier, each.getLinux().getCpu()),
                        HumanText.size(
                                each.getLinux().getMemory().getWorkingSetBytes().getValue()));
            }
        }
        table.print(session.out());
    }
}
