package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.kubelet.linux.CgroupValues;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CPU in thousandths of a core and memory in bytes that are requested and allowed; zero where nothing was said. */
public record ResourceAmounts(long cpuRequestMilli, long cpuLimitMilli, long memoryRequest, long memoryLimit) {
    public static final ResourceAmounts NONE = new ResourceAmounts(0, 0, 0, 0);

    /** A request that is missing is the limit. */
    public static ResourceAmounts of(Container container) {
        if (container.getResources() == null) {
            return NONE;
        }
        Map<String, Quantity> requests = container.getResources().getRequests();
        Map<String, Quantity> limits = container.getResources().getLimits();
        long cpuLimit = milli(amount(limits, "cpu"));
        long memoryLimit = whole(amount(limits, "memory"));
        Quantity cpuRequest = amount(requests, "cpu");
        Quantity memoryRequest = amount(requests, "memory");
        return new ResourceAmounts(
                cpuRequest == null ? cpuLimit : milli(cpuRequest),
                cpuLimit,
                memoryRequest == null ? memoryLimit : whole(memoryRequest),
                memoryLimit);
    }

    /** Of the pod as a whole: limits only if every container has one. */
    public static CgroupValues ofPod(Pod pod) {
        ResourceAmounts sum = NONE;
        boolean cpuBounded = true;
        boolean memoryBounded = true;
        ResourceAmounts sidecars = NONE;
        ResourceAmounts largestInit = NONE;
        for (Container init : pod.getSpec().getInitContainers()) {
            ResourceAmounts amounts = of(init);
            if ("Always".equals(init.getRestartPolicy())) {
                sidecars = sidecars.plus(amounts);
                cpuBounded &= amounts.cpuLimitMilli > 0;
                memoryBounded &= amounts.memoryLimit > 0;
                largestInit = largestInit.max(sidecars);
            } else {
                largestInit = largestInit.max(amounts.plus(sidecars));
            }
        }
        for (Container container : pod.getSpec().getContainers()) {
            ResourceAmounts amounts = of(container);
            sum = sum.plus(amounts);
            cpuBounded &= amounts.cpuLimitMilli > 0;
            memoryBounded &= amounts.memoryLimit > 0;
        }
        sum = sum.plus(sidecars).max(largestInit);
        return CgroupValues.of(
                sum.cpuRequestMilli, cpuBounded ? sum.cpuLimitMilli : 0, memoryBounded ? sum.memoryLimit : 0);
    }

    boolean isSet() {
        return cpuRequestMilli > 0 || cpuLimitMilli > 0 || memoryRequest > 0 || memoryLimit > 0;
    }

    boolean isGuaranteed() {
        return cpuLimitMilli > 0 && memoryLimit > 0 && cpuRequestMilli == cpuLimitMilli && memoryRequest == memoryLimit;
    }

    private ResourceAmounts plus(ResourceAmounts other) {
        return new ResourceAmounts(
                cpuRequestMilli + other.cpuRequestMilli,
                cpuLimitMilli + other.cpuLimitMilli,
                memoryRequest + other.memoryRequest,
                memoryLimit + other.memoryLimit);
    }

    private ResourceAmounts max(ResourceAmounts other) {
        return new ResourceAmounts(
                Math.max(cpuRequestMilli, other.cpuRequestMilli),
                Math.max(cpuLimitMilli, other.cpuLimitMilli),
                Math.max(memoryRequest, other.memoryRequest),
                Math.max(memoryLimit, other.memoryLimit));
    }

    private static @Nullable Quantity amount(@Nullable Map<String, Quantity> amounts, String name) {
        return amounts == null ? null : amounts.get(name);
    }

    static long milli(@Nullable Quantity quantity) {
        return quantity == null
                ? 0
                : quantity.getNumericalAmount()
                        .multiply(BigDecimal.valueOf(1000))
                        .setScale(0, RoundingMode.UP)
                        .longValue();
    }

    static long whole(@Nullable Quantity quantity) {
        return quantity == null
                ? 0
                : quantity.getNumericalAmount().setScale(0, RoundingMode.UP).longValue();
    }
}
