package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code lease timetolive}: get lease information. */
@Command(
        name = "timetolive",
        customSynopsis = "lease timetolive <leaseID> [options]",
        description = "Get lease information")
final class LeaseTimetoliveCommand extends Act {

    @Option(names = "--keys", arity = "0..1", fallbackValue = "true", description = "Get keys attached to this lease")
    private boolean keys;

    LeaseTimetoliveCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "lease timetolive command needs lease ID as argument");
        LeaseTimeToLiveRequest request = LeaseTimeToLiveRequest.newBuilder()
                .setID(leaseId(argument(0)))
                .setKeys(keys)
                .build();
        session.printer().timeToLive(session.read(channel -> lease(channel).leaseTimeToLive(request)), keys);
    }
}
