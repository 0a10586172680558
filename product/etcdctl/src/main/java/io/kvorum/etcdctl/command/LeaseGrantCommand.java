package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.LeaseGrantRequest;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code lease grant}: creates leases. */
@Command(name = "grant", customSynopsis = "lease grant <ttl>", description = "Creates leases")
final class LeaseGrantCommand extends Act {
    LeaseGrantCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "lease grant command needs TTL argument");
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(seconds(argument(0))).build();
        session.printer().grant(session.write(channel -> lease(channel).leaseGrant(request)));
    }

    private static long seconds(String text) {
        try {
            return GoNumbers.parseInt(text, 10);
        } catch (GoNumbers.Malformed e) {
            throw Failure.badArguments("bad TTL (%s)".formatted(e.reason()));
        }
    }
}
