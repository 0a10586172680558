package io.kvorum.crictl.command;

import io.kvorum.crictl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code start}: starts containers that were created. */
@Command(
        name = "start",
        customSynopsis = "CONTAINER-ID [CONTAINER-ID...]",
        description = "Start one or more created containers")
final class StartCommand extends Act {
    StartCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws InterruptedException {
        forEach(ids(), id -> {
            etcdNamed(id).ifPresent(etcd -> {
                throw etcd.refusal("started");
            });
            session.runtime().startContainer(id);
            session.out().println(id);
        });
    }
}
