package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.GoNumbers;
import io.kvorum.etcdctl.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** One command: its flags are fields, its arguments are here, and it acts once. */
abstract class Act {
    final Session session;

    @Parameters(hidden = true)
    private @Nullable List<String> arguments;

    Act(Session session) {
        this.session = session;
    }

    abstract void act() throws StatusException, InterruptedException;

    final List<String> arguments() {
        return arguments == null ? List.of() : arguments;
    }

    final String argument(int index) {
        return arguments().get(index);
    }

    /** Refuses the command when a condition on its arguments does not hold. */
    static void demand(boolean condition, String complaint) {
        if (!condition) {
            throw Failure.badArguments(complaint);
        }
    }

    static long memberId(String text) {
        try {
            return GoNumbers.parseUnsigned(text, 16);
        } catch (GoNumbers.Malformed e) {
            throw Failure.badArguments("bad member ID arg (%s), expecting ID in Hex".formatted(e.reason()));
        }
    }

    static long leaseId(String text) {
        try {
            return GoNumbers.parseInt(text, 16);
        } catch (GoNumbers.Malformed e) {
            throw Failure.badArguments("bad lease ID arg (%s), expecting ID in Hex".formatted(e.reason()));
        }
    }

    final KVGrpc.KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(session.flags().commandTimeout());
    }

    final LeaseGrpc.LeaseBlockingStub lease(Channel channel) {
        return LeaseGrpc.newBlockingStub(channel)
                .withDeadlineAfter(session.flags().commandTimeout());
    }

    final ClusterGrpc.ClusterBlockingStub cluster(Channel channel) {
        return ClusterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(session.flags().commandTimeout());
    }

    final MaintenanceGrpc.MaintenanceBlockingStub maintenance(Channel channel) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(session.flags().commandTimeout());
    }

    final AuthGrpc.AuthBlockingStub auth(Channel channel) {
        return AuthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(session.flags().commandTimeout());
    }
}
