package io.kvorum.node;

import io.kvorum.controllers.ControllersConfig;
import io.kvorum.node.config.GoDuration;
import java.util.Map;

/** What {@code --kube-controller-manager-arg} means to our controllers. */
final class ControllerArguments {
    private ControllerArguments() {}

    static ControllersConfig apply(ControllersConfig config, Map<String, String> arguments) {
        String grace = arguments.get("node-monitor-grace-period");
        if (grace == null) {
            return config;
        }
        try {
            return config.withNodeMonitorGrace(GoDuration.parse(grace));
        } catch (IllegalArgumentException e) {
            throw new StartFailure(
                    "--kube-controller-manager-arg node-monitor-grace-period must be a duration such as 40s, not \"%s\""
                            .formatted(grace),
                    e);
        }
    }
}
