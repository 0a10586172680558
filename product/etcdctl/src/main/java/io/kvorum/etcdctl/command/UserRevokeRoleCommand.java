package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthUserRevokeRoleRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;

/** The command {@code user revoke-role}: revokes a role from a user. */
@Command(
        name = "revoke-role",
        customSynopsis = "user revoke-role <user name> <role name>",
        description = "Revokes a role from a user")
final class UserRevokeRoleCommand extends Act {
    UserRevokeRoleCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(arguments().size() == 2, "user revoke-role requires user name and role name as its argument");
        AuthUserRevokeRoleRequest request = AuthUserRevokeRoleRequest.newBuilder()
                .setName(argument(0))
                .setRole(argument(1))
                .build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).userRevokeRole(request)),
                        "Role %s is revoked from user %s".formatted(argument(1), argument(0)));
    }
}
