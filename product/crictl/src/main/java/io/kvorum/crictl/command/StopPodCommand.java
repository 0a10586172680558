package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code stopp}: stops pods. */
@Command(name = "stopp", customSynopsis = "POD-ID [POD-ID...]", description = "Stop one or more running pods")
final class StopPodCommand extends Act {
    StopPodCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        forEach(ids(), id -> {
            etcdPodNamed(id).ifPresent(etcd -> {
                throw etcd.refusal("stopped");
            });
            session.runtime().stopPodSandbox(id);
            session.out().println("Stopped sandbox " + id);
        });
    }
}
