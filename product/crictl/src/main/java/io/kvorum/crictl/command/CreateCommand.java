package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandboxConfig;
import io.kvorum.crictl.session.Session;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code create}: makes a container in a pod, without starting it. */
@Command(
        name = "create",
        customSynopsis = "POD container-config.[json|yaml] pod-config.[json|yaml]",
        description = "Create a new container")
final class CreateCommand extends Act {
    @Mixin
    private CreateFlags flags = new CreateFlags();

    CreateCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 3, "create needs POD container-config.[json|yaml] pod-config.[json|yaml]");
        PodSandboxConfig pod = ConfigDocuments.pod(Path.of(arguments().get(2)));
        boolean pulls = session.settings().pullOnCreate();
        Path container = Path.of(arguments().get(1));
        session.out().println(flags.create(session, arguments().getFirst(), container, pod, pulls));
    }
}
