package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.ContainerConfig;
import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of what makes containers, and the making. */
final class CreateFlags {
    @Mixin
    private PullFlags pull = new PullFlags();

    @Option(names = "--no-pull", description = "Do not pull the image, whatever the configuration says")
    private boolean noPull;

    @Option(names = "--with-pull", description = "Pull the image, whatever the configuration says")
    private boolean withPull;

    @Option(
            names = {"-T", "--cancel-timeout"},
            description = "Taken for compatibility: every call has a time limit of its own")
    void ignoreCancelTimeout(Duration given) {
        // taken for compatibility
    }

    /** Makes a container in that pod and gives its id. */
    String create(Session session, String podId, Path containerFile, PodSandboxConfig pod, boolean usuallyPulls) {
        Act.demand(!noPull || !withPull, "conflict: no-pull and with-pull are both set");
        ContainerConfig config = ConfigDocuments.container(containerFile);
        if (withPull || (usuallyPulls && !noPull)) {
            session.notices()
                    .information("Pulling container image: " + config.getImage().getImage());
            pull.pull(session, config.getImage().getImage(), Optional.of(pod), Map.of());
        }
        return session.runtime().createContainer(podId, config, pod);
    }
}
