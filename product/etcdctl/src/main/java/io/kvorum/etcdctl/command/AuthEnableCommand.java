package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.etcdctl.session.Session;
import io.kvorum.etcdctl.wire.Failures;
import picocli.CommandLine.Command;

/** The command {@code auth enable}: enables authentication. */
@Command(name = "enable", customSynopsis = "auth enable", description = "Enables authentication")
final class AuthEnableCommand extends Act {
    AuthEnableCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "auth enable command does not accept any arguments");
        try {
            enable();
        } catch (StatusRuntimeException e) {
            if (!Failures.text(e).equals("etcdserver: root user does not have root role")) {
                throw e;
            }
            giveRoot();
            enable();
        }
        session.out().println("Authentication Enabled");
    }

    private void enable() {
        AuthEnableRequest request = AuthEnableRequest.getDefaultInstance();
        var _ = session.write(channel -> auth(channel).authEnable(request));
    }

    /** Switching on needs the user root to have the role root: given here, as etcd's own client does. */
    private void giveRoot() {
        AuthRoleAddRequest role =
                AuthRoleAddRequest.newBuilder().setName("root").build();
        try {
            var _ = session.write(channel -> auth(channel).roleAdd(role));
        } catch (StatusRuntimeException e) {
            if (!Failures.text(e).equals("etcdserver: role name already exists")) {
                throw e;
            }
        }
        AuthUserGrantRoleRequest grant = AuthUserGrantRoleRequest.newBuilder()
                .setUser("root")
                .setRole("root")
                .build();
        var _ = session.write(channel -> auth(channel).userGrantRole(grant));
    }
}
