package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import picocli.CommandLine.Command;

/** The command {@code lease revoke}: revokes leases. */
@Command(name = "revoke", customSynopsis = "lease revoke <leaseID>", description = "Revokes leases")
final class LeaseRevokeCommand extends Act {
    LeaseRevokeCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "lease revoke command needs 1 argument");
        long id = leaseId(argument(0));
        LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(id).build();
        try {
            session.printer().revoke(session.write(channel -> lease(channel).leaseRevoke(request)), id);
        } catch (StatusRuntimeException e) {
            throw Failure.error("failed to revoke lease (%s)".formatted(Failures.text(e)));
        }
    }
}
