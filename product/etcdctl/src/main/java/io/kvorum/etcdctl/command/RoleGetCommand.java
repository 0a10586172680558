package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleGetRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code role get}: gets detailed information of a role. */
@Command(name = "get", customSynopsis = "role get <role name>", description = "Gets detailed information of a role")
final class RoleGetCommand extends Act {
    RoleGetCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "role get command requires role name as its argument");
        AuthRoleGetRequest request =
                AuthRoleGetRequest.newBuilder().setRole(argument(0)).build();
        session.printer()
                .role(argument(0), session.read(channel -> auth(channel).roleGet(request)));
    }
}
