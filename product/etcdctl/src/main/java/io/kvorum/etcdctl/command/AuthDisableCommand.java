package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthDisableRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code auth disable}: disables authentication. */
@Command(name = "disable", customSynopsis = "auth disable", description = "Disables authentication")
final class AuthDisableCommand extends Act {
    AuthDisableCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "auth disable command does not accept any arguments");
        AuthDisableRequest request = AuthDisableRequest.getDefaultInstance();
        var _ = session.write(channel -> auth(channel).authDisable(request));
        session.out().println("Authentication Disabled");
    }
}
