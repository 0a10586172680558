package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.ContainerStats;
import io.kvorum.cri.runtime.ContainerStatsFilter;
import io.kvorum.cri.runtime.CpuUsage;
import io.kvorum.cri.runtime.ListContainerStatsResponse;
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

/** The command {@code stats}: what containers use. */
@Command(name = "stats", customSynopsis = "[ID]", description = "List container(s) resource usage statistics")
final class StatsCommand extends Act {
    @Mixin
    private Sampling sampling = new Sampling();

    @Option(
            names = {"-a", "--all"},
            description = "Show all containers (default shows just running)")
    private boolean all;

    @Option(names = "--id", description = "Filter by container id")
    private String id = "";

    @Option(
            names = {"-p", "--pod"},
            description = "Filter by pod id")
    private String pod = "";

    StatsCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        demand(arguments().size() <= 1, "stats takes one ID at most");
        String wanted = id.isEmpty() && !arguments().isEmpty() ? arguments().getFirst() : id;
        etcdNamed(wanted).ifPresent(etcd -> {
            throw etcd.unsupported("measure");
        });
        ContainerStatsFilter filter = ContainerStatsFilter.newBuilder()
                .setId(wanted)
                .setPodSandboxId(pod)
                .putAllLabelSelector(sampling.labels())
                .build();
        sampling.repeat(session, () -> look(filter));
    }

    private List<ContainerStats> ask(ContainerStatsFilter filter) {
        return session.runtime().containerStats(filter).stream()
                .sorted(Comparator.comparing(each -> each.getAttributes().getId()))
                .toList();
    }

    private void look(ContainerStatsFilter filter) throws InterruptedException {
        Output format = Output.of(sampling.output(), Output.TABLE);
        List<ContainerStats> first = ask(filter);
        if (format != Output.TABLE) {
            ListContainerStatsResponse response =
                    ListContainerStatsResponse.newBuilder().addAllStats(first).build();
            Documents.print(ProtoTree.of(response), format, session.out());
            return;
        }
        Map<String, CpuUsage> before = new TreeMap<>();
        first.forEach(each -> before.put(each.getAttributes().getId(), each.getCpu()));
        sampling.pause();
        Columns table = new Columns("CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES", "SWAP");
        for (ContainerStats each : ask(filter)) {
            CpuUsage earlier = before.get(each.getAttributes().getId());
            if (earlier != null && (all || isRunning(each))) {
                table.row(
                        HumanText.shortId(each.getAttributes().getId(), ""),
                        each.getAttributes().getMetadata().getName(),
                        Sampling.percent(earlier, each.getCpu()),
                        HumanText.size(each.getMemory().getWorkingSetBytes().getValue()),
                        HumanText.size(each.getWritableLayer().getUsedBytes().getValue()),
                        Long.toUnsignedString(
                                each.getWritableLayer().getInodesUsed().getValue()),
                        HumanText.size(each.getSwap().getSwapUsageBytes().getValue()));
            }
        }
        table.print(session.out());
    }

    private static boolean isRunning(ContainerStats stats) {
        return stats.getCpu().getUsageCoreNanoSeconds().getValue() != 0
                || stats.getMemory().getWorkingSetBytes().getValue() != 0;
    }
}
