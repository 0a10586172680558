package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthStatusRequest;
import io.etcd.jetcd.api.AuthStatusResponse;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code auth status}: returns authentication status. */
@Command(name = "status", customSynopsis = "auth status", description = "Returns authentication status")
final class AuthStatusCommand extends Act {
    AuthStatusCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "auth status command does not accept any arguments");
        AuthStatusRequest request = AuthStatusRequest.getDefaultInstance();
        AuthStatusResponse answer = session.read(channel -> auth(channel).authStatus(request));
        String sentences =
                "Authentication Status: %b%nAuthRevision: %d".formatted(answer.getEnabled(), answer.getAuthRevision());
        session.printer().done(answer, sentences);
    }
}
