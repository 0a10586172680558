package io.kvorum.node;

import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.kubelet.NodeAgentConfig.Limits;
import java.util.Map;
import java.util.function.Function;

/** What {@code --kubelet-arg} means to our node agent. Stateless. */
final class KubeletArguments {
    private KubeletArguments() {}

    /** @throws StartFailure when a value makes no sense */
    static Limits apply(Limits limits, Map<String, String> arguments) {
        return new Limits(
                parsed(arguments, "max-pods", Integer::parseInt, "a number", limits.maxPods()),
                limits.memoryAvailableBytes(),
                limits.diskAvailableFraction(),
                parsed(
                        arguments,
                        "container-log-max-size",
                        KubeletArguments::bytes,
                        "a size such as 10Mi",
                        limits.containerLogBytes()),
                parsed(arguments, "container-log-max-files", Integer::parseInt, "a number", limits.containerLogFiles()),
                limits.leaseRenewal());
    }

    private static long bytes(String text) {
        return Quantity.getAmountInBytes(Quantity.parse(text)).longValueExact();
    }

    private static <T extends Number> T parsed(
            Map<String, String> arguments, String name, Function<String, T> parser, String expected, T otherwise) {
        String text = arguments.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            T value = parser.apply(text);
            if (value.longValue() > 0) {
                return value;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw wrong(name, expected, text, e);
        }
        throw wrong(name, expected, text, null);
    }

    private static StartFailure wrong(
            String name, String expected, String text, @org.jspecify.annotations.Nullable Throwable cause) {
        String message = "--kubelet-arg %s must be %s, not \"%s\"".formatted(name, expected, text);
        return cause == null ? new StartFailure(message) : new StartFailure(message, cause);
    }
}
