package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code run}: makes a pod and starts a container in it. */
@Command(
        name = "run",
        customSynopsis = "container-config.[json|yaml] pod-config.[json|yaml]",
        description = "Run a new container inside a sandbox")
final class RunCommand extends Act {
    @Mixin
    private CreateFlags flags = new CreateFlags();

    @Option(
            names = {"-r", "--runtime"},
            description = "Runtime handler to use")
    private String handler = "";

    RunCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 2, "run needs container-config.[json|yaml] pod-config.[json|yaml]");
        PodSandboxConfig pod = ConfigDocuments.pod(Path.of(arguments().get(1)));
        Path container = Path.of(arguments().getFirst());
        ConfigDocuments.container(container); // before anything is made, find what is wrong with it
        String podId = session.runtime().runPodSandbox(pod, handler);
        String id =
                flags.create(session, podId, container, pod, session.settings().pullOnRun());
        session.runtime().startContainer(id);
        session.out().println(id);
    }
}
