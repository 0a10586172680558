package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.stream.Stream;

/** How a pod's requests and limits rank it when memory runs out. */
public enum QosClass {
    GUARANTEED("Guaranteed"),
    BURSTABLE("Burstable"),
    BEST_EFFORT("BestEffort");

    private final String text;

    QosClass(String text) {
        this.text = text;
    }

    /** As {@code status.qosClass} has it. */
    public String text() {
        return text;
    }

    public static QosClass of(Pod pod) {
        boolean anything = containers(pod)
                .anyMatch(container -> ResourceAmounts.of(container).isSet());
        if (!anything) {
            return BEST_EFFORT;
        }
        boolean guaranteed = containers(pod)
                .allMatch(container -> ResourceAmounts.of(container).isGuaranteed());
        return guaranteed ? GUARANTEED : BURSTABLE;
    }

    /** The pod's cgroup, the parent of its containers'. */
    public String cgroup(String podUid) {
        return switch (this) {
            case GUARANTEED -> "/kubepods/pod" + podUid;
            case BURSTABLE -> "/kubepods/burstable/pod" + podUid;
            case BEST_EFFORT -> "/kubepods/besteffort/pod" + podUid;
        };
    }

    /** How eagerly the kernel kills a container of this class that requests this share of the machine's memory. */
    public int oomScoreAdjustment(long memoryRequestBytes, long machineBytes) {
        return switch (this) {
            case GUARANTEED -> -997;
            case BEST_EFFORT -> 1000;
            case BURSTABLE -> {
                long share = machineBytes == 0 ? 0 : 1000 * memoryRequestBytes / machineBytes;
                yield (int) Math.clamp(1000 - share, 3L, 999L);
            }
        };
    }

    private static Stream<Container> containers(Pod pod) {
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream());
    }
}
