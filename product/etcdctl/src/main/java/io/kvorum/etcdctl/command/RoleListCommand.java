package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleListRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code role list}: lists all roles. */
@Command(name = "list", customSynopsis = "role list", description = "Lists all roles")
final class RoleListCommand extends Act {
    RoleListCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().isEmpty(), "role list command requires no arguments");
        AuthRoleListRequest request = AuthRoleListRequest.getDefaultInstance();
        session.printer().roles(session.read(channel -> auth(channel).roleList(request)));
    }
}
