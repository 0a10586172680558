package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code user grant-role}: grants a role to a user. */
@Command(
        name = "grant-role",
        customSynopsis = "user grant-role <user name> <role name>",
        description = "Grants a role to a user")
final class UserGrantRoleCommand extends Act {
    UserGrantRoleCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 2, "user grant command requires user name and role name as its argument");
        AuthUserGrantRoleRequest request = AuthUserGrantRoleRequest.newBuilder()
                .setUser(argument(0))
                .setRole(argument(1))
                .build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).userGrantRole(request)),
                        "Role %s is granted to user %s".formatted(argument(1), argument(0)));
    }
}
