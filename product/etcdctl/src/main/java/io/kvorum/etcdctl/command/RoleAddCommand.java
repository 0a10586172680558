package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code role add}: adds a new role. */
@Command(name = "add", customSynopsis = "role add <role name>", description = "Adds a new role")
final class RoleAddCommand extends Act {
    RoleAddCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "role add command requires role name as its argument");
        AuthRoleAddRequest request =
                AuthRoleAddRequest.newBuilder().setName(argument(0)).build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).roleAdd(request)),
                        "Role %s created".formatted(argument(0)));
    }
}
