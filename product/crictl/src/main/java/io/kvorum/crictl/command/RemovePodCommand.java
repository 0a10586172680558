package io.kvorum.crictl.command;

import io.kvorum.cri.runtime.PodSandbox;
import io.kvorum.cri.runtime.PodSandboxState;
import io.kvorum.cri.runtime.PodSandboxStatus;
import io.kvorum.crictl.session.Session;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code rmp}: removes pods. */
@Command(name = "rmp", customSynopsis = "POD-ID [POD-ID...]", description = "Remove one or more pods")
final class RemovePodCommand extends Act {
    @Option(
            names = {"-f", "--force"},
            description = "Force removal of the pod sandbox, disregarding if running")
    private boolean force;

    @Option(
            names = {"-a", "--all"},
            description = "Remove all pods")
    private boolean all;

    RemovePodCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        List<String> ids = all
                ? session.runtime().listPodSandboxes(Map.of()).stream()
                        .map(PodSandbox::getId)
                        .toList()
                : ids();
        if (ids.isEmpty()) {
            session.notices().information("No pods to remove");
        }
        forEach(ids, this::remove);
    }

    private void remove(String id) {
        etcdPodNamed(id).ifPresent(etcd -> {
            throw etcd.refusal("removed");
        });
        PodSandboxStatus status = session.runtime().podSandboxStatus(id).orElseThrow(() -> noSuch("pod", id));
        if (status.getState() == PodSandboxState.SANDBOX_READY) {
            demand(force, "pod sandbox \"%s\" is running, please stop it first".formatted(id));
            session.runtime().stopPodSandbox(id);
            session.out().println("Stopped sandbox " + id);
        }
        session.runtime().removePodSandbox(id);
        session.out().println("Removed sandbox " + id);
    }
}
