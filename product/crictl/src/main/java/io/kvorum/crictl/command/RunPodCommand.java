package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code runp}: makes a pod, without containers. */
@Command(name = "runp", customSynopsis = "pod-config.[json|yaml]", description = "Run a new pod")
final class RunPodCommand extends Act {
    @Option(
            names = {"-r", "--runtime"},
            description = "Runtime handler to use")
    private String handler = "";

    @Option(
            names = {"-T", "--cancel-timeout"},
            description = "Taken for compatibility: every call has a time limit of its own")
    void ignoreCancelTimeout(Duration given) {
        // taken for compatibility
    }

    RunPodCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "runp needs one pod-config.[json|yaml]");
        Path file = Path.of(arguments().getFirst());
        session.out().println(session.runtime().runPodSandbox(ConfigDocuments.pod(file), handler));
    }
}
