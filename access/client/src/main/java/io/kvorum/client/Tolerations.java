package io.kvorum.client;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;

/** Whether a pod may stand a node's taint. Pure functions. */
public final class Tolerations {
    private Tolerations() {}

    public static boolean tolerate(List<Toleration> tolerations, Taint taint) {
        return tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    /** An empty effect means every effect; an empty key with {@code Exists} every taint. */
    public static boolean tolerates(Toleration toleration, Taint taint) {
        String effect = text(toleration.getEffect());
        if (!effect.isEmpty() && !effect.equals(text(taint.getEffect()))) {
            return false;
        }
        String key = text(toleration.getKey());
        if (!key.isEmpty() && !key.equals(text(taint.getKey()))) {
            return false;
        }
        String operator = text(toleration.getOperator());
        return switch (operator) {
            case "Exists" -> true;
            case "", "Equal" -> !key.isEmpty() && text(toleration.getValue()).equals(text(taint.getValue()));
            default -> false;
        };
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
