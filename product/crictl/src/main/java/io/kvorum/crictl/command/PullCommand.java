package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code pull}: fetches an image. */
@Command(name = "pull", customSynopsis = "NAME[:TAG|@DIGEST]", description = "Pull an image from a registry")
final class PullCommand extends Act {
    @Mixin
    private PullFlags flags = new PullFlags();

    @Option(names = "--pod-config", description = "Pull for the pod that this JSON or YAML file describes")
    private String podConfig = "";

    @Option(
            names = {"-a", "--annotation"},
            description = "Annotation to be set on the pulled image")
    private List<String> annotations = new ArrayList<>();

    PullCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(!arguments().isEmpty(), "image name cannot be empty");
        demand(arguments().size() == 1, "pull takes one image");
        Optional<PodSandboxConfig> pod =
                podConfig.isEmpty() ? Optional.empty() : Optional.of(ConfigDocuments.pod(Path.of(podConfig)));
        String reference = flags.pull(session, arguments().getFirst(), pod, labels(annotations));
        session.out().println("Image is up to date for " + reference);
    }
}
