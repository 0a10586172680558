package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Amounts by resource name: CPU in thousandths of a core, everything else in whole units. Immutable. */
record Resources(Map<String, Long> amounts) {
    static final Resources NONE = new Resources(Map.of());
    static final String CPU = "cpu";
    static final String MEMORY = "memory";

    /** What a pod without requests is taken to use when nodes are compared. */
    private static final long ASSUMED_CPU = 100;

    private static final long ASSUMED_MEMORY = 200L * 1024 * 1024;

    Resources {
        amounts = Collections.unmodifiableMap(new TreeMap<>(amounts));
    }

    long of(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    Resources plus(Resources other) {
        return merged(other, Long::sum);
    }

    Resources minus(Resources other) {
        return plus(new Resources(negated(other.amounts)));
    }

    Resources max(Resources other) {
        return merged(other, Math::max);
    }

    private Resources merged(Resources other, LongBinaryOperator operator) {
        Map<String, Long> all = new TreeMap<>(amounts);
        other.amounts.forEach((name, amount) -> all.merge(name, amount, operator::applyAsLong));
        return new Resources(all);
    }

    private static Map<String, Long> negated(Map<String, Long> amounts) {
        Map<String, Long> negated = new TreeMap<>();
        amounts.forEach((name, amount) -> negated.put(name, -amount));
        return negated;
    }

    static Resources parse(@Nullable Map<String, Quantity> quantities) {
        Map<String, Long> amounts = new TreeMap<>();
        if (quantities != null) {
            quantities.forEach((name, quantity) -> amounts.put(name, amount(name, quantity)));
        }
        return new Resources(amounts);
    }

    private static long amount(String name, Quantity quantity) {
        var exact = quantity.getNumericalAmount();
        return (name.equals(CPU) ? exact.movePointRight(3) : exact)
                .setScale(0, RoundingMode.CEILING)
                .longValue();
    }

    /** What the node must set aside for the pod while it starts and while it runs. */
    static Resources requestedBy(Pod pod) {
        return requested(pod, false);
    }

    /** The same with an assumed amount for containers that ask for nothing. */
    static Resources assumedFor(Pod pod) {
        return requested(pod, true);
    }

    private static Resources requested(Pod pod, boolean assume) {
        Resources running = NONE;
        for (Container container : pod.getSpec().getContainers()) {
            running = running.plus(of(container, assume));
        }
        Resources sidecars = NONE;
        Resources starting = NONE;
        for (Container container : pod.getSpec().getInitContainers()) {
            Resources own = of(container, assume);
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars = sidecars.plus(own);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(own));
            }
        }
        Resources total = running.plus(sidecars).max(starting);
        ResourceRequirements whole = pod.getSpec().getResources();
        if (whole != null && whole.getRequests() != null && !whole.getRequests().isEmpty()) {
            Map<String, Long> replaced = new TreeMap<>(total.amounts);
            replaced.putAll(parse(whole.getRequests()).amounts);
            total = new Resources(replaced);
        }
        return total.plus(parse(pod.getSpec().getOverhead()));
    }

    private static Resources of(Container container, boolean assume) {
        Resources asked = container.getResources() == null
                ? NONE
                : parse(container.getResources().getRequests());
        return assume && !asked.amounts.keySet().containsAll(List.of(CPU, MEMORY)) ? completed(asked) : asked;
    }

    private static Resources completed(Resources asked) {
        Map<String, Long> amounts = new TreeMap<>(asked.amounts);
        amounts.putIfAbsent(CPU, ASSUMED_CPU);
        amounts.putIfAbsent(MEMORY, ASSUMED_MEMORY);
        return new Resources(amounts);
    }
}
