package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.LeaseLeasesRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code lease list}: list all active leases. */
@Command(name = "list", customSynopsis = "lease list", description = "List all active leases")
final class LeaseListCommand extends Act {
    LeaseListCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        LeaseLeasesRequest request = LeaseLeasesRequest.getDefaultInstance();
        session.printer().leases(session.read(channel -> lease(channel).leaseLeases(request)));
    }
}
