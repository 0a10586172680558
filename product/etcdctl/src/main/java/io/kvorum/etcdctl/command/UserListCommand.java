package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserListRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code user list}: lists all users. */
@Command(name = "list", customSynopsis = "user list", description = "Lists all users")
final class UserListCommand extends Act {
    UserListCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "user list command requires no arguments");
        AuthUserListRequest request = AuthUserListRequest.getDefaultInstance();
        session.printer().users(session.read(channel -> auth(channel).userList(request)));
    }
}
