package io.kvorum.engine;

import io.kvorum.model.Bytes;
import io.kvorum.mvcc.AuthChange;
import io.kvorum.mvcc.AuthChange.Secret;
import io.kvorum.mvcc.Permission;
import java.util.List;

/** The bytes of a change of users, roles and permissions inside an entry. Stateless; any thread may call it. */
final class AuthCodec {
    private static final int ENABLE = 1;
    private static final int DISABLE = 2;
    private static final int ADD_USER = 3;
    private static final int DELETE_USER = 4;
    private static final int CHANGE_PASSWORD = 5;
    private static final int GRANT_ROLE = 6;
    private static final int REVOKE_ROLE = 7;
    private static final int ADD_ROLE = 8;
    private static final int DELETE_ROLE = 9;
    private static final int GRANT_PERMISSION = 10;
    private static final int REVOKE_PERMISSION = 11;
    private static final int ASSIGN_TOKEN = 12;
    private static final List<Permission.Kind> KINDS = List.of(Permission.Kind.values());

    private AuthCodec() {}

    static void write(AuthChange change, ByteWriter out) {
        switch (change) {
            case AuthChange.Enable ignored -> out.octet(ENABLE);
            case AuthChange.Disable ignored -> out.octet(DISABLE);
            case AuthChange.AddUser add -> {
                texts(out, ADD_USER, add.user(), add.password().text());
                out.flag(add.hasPassword());
            }
            case AuthChange.DeleteUser delete -> texts(out, DELETE_USER, delete.user());
            case AuthChange.ChangePassword password ->
                texts(out, CHANGE_PASSWORD, password.user(), password.password().text());
            case AuthChange.GrantRole grant -> texts(out, GRANT_ROLE, grant.user(), grant.role());
            case AuthChange.RevokeRole revoke -> texts(out, REVOKE_ROLE, revoke.user(), revoke.role());
            case AuthChange.AddRole add -> texts(out, ADD_ROLE, add.role());
            case AuthChange.DeleteRole delete -> texts(out, DELETE_ROLE, delete.role());
            case AuthChange.GrantPermission grant -> {
                texts(out, GRANT_PERMISSION, grant.role());
                out.octet(KINDS.indexOf(grant.permission().kind()));
                out.bytes(grant.permission().key());
                out.bytes(grant.permission().rangeEnd());
            }
            case AuthChange.RevokePermission revoke -> {
                texts(out, REVOKE_PERMISSION, revoke.role());
                out.bytes(revoke.key());
                out.bytes(revoke.rangeEnd());
            }
            case AuthChange.AssignToken assign ->
                texts(out, ASSIGN_TOKEN, assign.user(), assign.token().text());
        }
    }

    private static void texts(ByteWriter out, int kind, String... texts) {
        out.octet(kind);
        for (String text : texts) {
            out.bytes(Bytes.utf8(text));
        }
    }

    static AuthChange read(ByteReader in) {
        int kind = in.octet();
        return switch (kind) {
            case ENABLE -> new AuthChange.Enable();
            case DISABLE -> new AuthChange.Disable();
            case ADD_USER -> new AuthChange.AddUser(text(in), new Secret(text(in)), in.flag());
            case DELETE_USER -> new AuthChange.DeleteUser(text(in));
            case CHANGE_PASSWORD -> new AuthChange.ChangePassword(text(in), new Secret(text(in)));
            case GRANT_ROLE -> new AuthChange.GrantRole(text(in), text(in));
            case REVOKE_ROLE -> new AuthChange.RevokeRole(text(in), text(in));
            case ADD_ROLE -> new AuthChange.AddRole(text(in));
            case DELETE_ROLE -> new AuthChange.DeleteRole(text(in));
            case GRANT_PERMISSION ->
                new AuthChange.GrantPermission(text(in), new Permission(KINDS.get(in.octet()), in.bytes(), in.bytes()));
            case REVOKE_PERMISSION -> new AuthChange.RevokePermission(text(in), in.bytes(), in.bytes());
            case ASSIGN_TOKEN -> new AuthChange.AssignToken(text(in), new Secret(text(in)));
            default -> throw new IllegalArgumentException("an entry holds the unknown change of users " + kind);
        };
    }

    private static String text(ByteReader in) {
        return in.bytes().utf8();
    }
}
