package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.kvorum.etcdctl.print.GoText;
import io.kvorum.etcdctl.print.Printer;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code lease keep-alive}: renews a lease once, or whenever a third of its time has passed. */
@Command(
        name = "keep-alive",
        customSynopsis = "lease keep-alive [options] <leaseID>",
        description = "Keeps leases alive (renew)")
final class LeaseKeepAliveCommand extends Act {
    @Option(
            names = "--once",
            arity = "0..1",
            fallbackValue = "true",
            description = "Resets the keep-alive time to its original value and exits immediately")
    private boolean once;

    LeaseKeepAliveCommand(Session session) {
        super(session);
    }

    @Override
    void act() throws StatusException, InterruptedException {
        demand(arguments().size() == 1, "lease keep-alive command needs lease ID as argument");
        long id = leaseId(argument(0));
        LeaseKeepAliveRequest request =
                LeaseKeepAliveRequest.newBuilder().setID(id).build();
        Printer printer = session.printer();
        BlockingClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
                LeaseGrpc.newBlockingV2Stub(session.wire().reachable()).leaseKeepAlive();
        try {
            while (call.write(request)) {
                LeaseKeepAliveResponse answer = call.read();
                if (answer == null || answer.getTTL() <= 0) {
                    break;
                }
                printer.keepAlive(answer);
                session.out().flush();
                if (once) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(Math.max(500, answer.getTTL() * 1000 / 3));
            }
        } finally {
            call.cancel("done", null);
        }
        if (once) {
            throw new Failure(Failure.Code.BAD_CONNECTION, "etcdserver: requested lease not found");
        }
        session.out().println("lease %s expired or revoked.".formatted(GoText.leaseId(id)));
    }
}
