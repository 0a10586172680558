package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.LinuxContainerResources;
import io.kvorum.crictl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code update}: changes what running containers may use. */
@Command(
        name = "update",
        customSynopsis = "CONTAINER-ID [CONTAINER-ID...]",
        description = "Update one or more running containers")
final class UpdateCommand extends Act {
    @Option(
            names = "--cpu-period",
            description = "CPU CFS period to be used for hardcapping (in usecs). 0 to use system default")
    private long cpuPeriod;

    @Option(names = "--cpu-quota", description = "CPU CFS hardcap limit (in usecs). Allowed cpu time in a given period")
    private long cpuQuota;

    @Option(names = "--cpu-share", description = "CPU shares (relative weight vs. other containers)")
    private long cpuShares;

    @Option(names = "--memory", description = "Memory limit (in bytes)")
    private long memoryBytes;

    @Option(names = "--cpuset-cpus", description = "CPU(s) to use")
    private String cpusetCpus = "";

    @Option(names = "--cpuset-mems", description = "Memory node(s) to use")
    private String cpusetMems = "";

    @Option(names = "--oom-score-adj", description = "OOM Killer score to use")
    private long oomScoreAdj;

    UpdateCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        LinuxContainerResources resources = LinuxContainerResources.newBuilder()
                .setCpuPeriod(cpuPeriod)
                .setCpuQuota(cpuQuota)
                .setCpuShares(cpuShares)
                .setMemoryLimitInBytes(memoryBytes)
                .setCpusetCpus(cpusetCpus)
                .setCpusetMems(cpusetMems)
                .setOomScoreAdj(oomScoreAdj)
                .build();
        forEach(ids(), id -> {
            etcdNamed(id).ifPresent(etcd -> {
                throw etcd.unsupported("limit");
            });
            session.runtime().updateContainerResources(id, resources);
            session.out().println(id);
        });
    }
}
