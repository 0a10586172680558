package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleDeleteRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code role delete}: deletes a role. */
@Command(name = "delete", customSynopsis = "role delete <role name>", description = "Deletes a role")
final class RoleDeleteCommand extends Act {
    RoleDeleteCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 1, "role delete command requires role name as its argument");
        AuthRoleDeleteRequest request =
                AuthRoleDeleteRequest.newBuilder().setRole(argument(0)).build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).roleDelete(request)),
                        "Role %s deleted".formatted(argument(0)));
    }
}
