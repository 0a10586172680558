package io.kvorum.kubelet.linux;

/** The numbers a cgroup is given; zero means no limit. Pure conversions from Kubernetes' amounts, as upstream makes them. */
public record CgroupValues(long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros, long memoryLimitBytes) {
    public static final long PERIOD_MICROS = 100_000;
    private static final long FEWEST_SHARES = 2;
    private static final long MOST_SHARES = 262_144;
    private static final long SHORTEST_QUOTA_MICROS = 1_000;

    /** From a CPU request and limit in thousandths of a core and a memory limit in bytes. */
    public static CgroupValues of(long cpuRequestMilli, long cpuLimitMilli, long memoryLimitBytes) {
        return new CgroupValues(shares(cpuRequestMilli), quota(cpuLimitMilli), PERIOD_MICROS, memoryLimitBytes);
    }

    public static long shares(long milliCpu) {
        return Math.clamp(milliCpu * 1024 / 1000, FEWEST_SHARES, MOST_SHARES);
    }

    public static long quota(long milliCpu) {
        return milliCpu == 0 ? 0 : Math.max(SHORTEST_QUOTA_MICROS, milliCpu * PERIOD_MICROS / 1000);
    }

    /** The weight that cgroup v2 has in place of shares. */
    public long cpuWeight() {
        return 1 + (cpuShares - 2) * 9999 / 262_142;
    }
}
