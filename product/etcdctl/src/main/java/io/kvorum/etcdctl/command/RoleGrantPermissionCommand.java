package io.kvorum.etcdctl.command;

import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.Permission;
import io.kvorum.etcdctl.session.Failure;
import io.kvorum.etcdctl.session.Session;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code role grant-permission}: grants a key to a role. */
@Command(
        name = "grant-permission",
        customSynopsis = "role grant-permission [options] <role name> <permission type> <key> [endkey]",
        description = "Grants a key to a role")
final class RoleGrantPermissionCommand extends Act {

    @Option(names = "--prefix", arity = "0..1", fallbackValue = "true", description = "grant a prefix permission")
    private boolean prefix;

    @Option(
            names = "--from-key",
            arity = "0..1",
            fallbackValue = "true",
            description = "grant a permission of keys from the given key on")
    private boolean fromKey;

    RoleGrantPermissionCommand(Session session) {
        super(session);
    }

    @Override
    void act() {
        demand(
                arguments().size() >= 3,
                "role grant command requires role name, permission type, and key [endkey] as its argument");
        Permission.Type type = switch (argument(1).toUpperCase(Locale.ROOT)) {
            case "READ" -> Permission.Type.READ;
            case "WRITE" -> Permission.Type.WRITE;
            case "READWRITE" -> Permission.Type.READWRITE;
            default -> throw Failure.badArguments("invalid permission type: " + argument(1));
        };
        Span span = Span.permission(arguments().subList(2, arguments().size()), prefix, fromKey);
        AuthRoleGrantPermissionRequest request = AuthRoleGrantPermissionRequest.newBuilder()
                .setName(argument(0))
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(span.key())
                        .setRangeEnd(span.end()))
                .build();
        session.printer()
                .done(
                        session.write(channel -> auth(channel).roleGrantPermission(request)),
                        "Role %s updated".formatted(argument(0)));
    }
}
