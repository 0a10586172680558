package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleRevokePermissionRequest;
import io.kvorum.etcdctl.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code role revoke-permission}: revokes a key from a role. */
@Command(
        name = "revoke-permission",
        customSynopsis = "role revoke-permission <role name> <key> [endkey]",
        description = "Revokes a key from a role")
final class RoleRevokePermissionCommand extends Act {

    @Option(names = "--prefix", arity = "0..1", fallbackValue = "true", description = "revoke a prefix permission")
    private boolean prefix;

    @Option(
            names = "--from-key",
            arity = "0..1",
            fallbackValue = "true",
            description = "revoke a permission of keys from the given key on")
    private boolean fromKey;

    RoleRevokePermissionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(
                arguments().size() >= 2,
                "role revoke-permission command requires role name and key [endkey] as its argument");
        String role = argument(0);
        Span span = Span.permission(arguments().subList(1, arguments().size()), prefix, fromKey);
        AuthRoleRevokePermissionRequest request = AuthRoleRevokePermissionRequest.newBuilder()
                .setRole(role)
                .setKey(span.key())
                .setRangeEnd(span.end())
                .build();
        String key = span.key().toStringUtf8();
        String end = span.end().toStringUtf8();
        String what =
                end.isEmpty() ? "key " + key : "range [%s, %s".formatted(key, fromKey ? "<open ended>" : end + ")");
        session.printer()
                .done(
                        session.write(channel -> auth(channel).roleRevokePermission(request)),
                        "Permission of %s is revoked from role %s".formatted(what, role));
    }
}
