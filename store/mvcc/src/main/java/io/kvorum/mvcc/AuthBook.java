package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps users, roles and permissions by etcd's rules. Written by the machine's thread, its state is read by any. */
final class AuthBook {
    private static final Bytes ENABLED = Bytes.utf8("authEnabled");
    private static final Bytes REVISION = Bytes.utf8("authRevision");
    /** A new store of users is at revision 1, as etcd's. */
    private static final long FIRST_REVISION = 1;

    private volatile AuthState state;

    AuthBook(StoredState disk) {
        SortedMap<String, AuthUser> users = new TreeMap<>();
        disk.scan(Table.USERS, Bytes.EMPTY, (key, bytes) -> {
            AuthUser user = AuthUser.decode(bytes);
            users.put(user.name(), user);
            return true;
        });
        SortedMap<String, AuthRole> roles = new TreeMap<>();
        disk.scan(Table.ROLES, Bytes.EMPTY, (key, bytes) -> {
            AuthRole role = AuthRole.decode(bytes);
            roles.put(role.name(), role);
            return true;
        });
        Bytes enabled = disk.read(Table.AUTH, ENABLED);
        Bytes revision = disk.read(Table.AUTH, REVISION);
        state = new AuthState(
                enabled != null && enabled.at(0) == 1,
                revision == null ? FIRST_REVISION : revision.asReadOnlyBuffer().getLong(),
                users,
                roles);
    }

    AuthState state() {
        return state;
    }

    Outcome change(AuthChange change, Changes changes) {
        AuthProblem problem = switch (change) {
            case AuthChange.Enable ignored -> enable(changes);
            case AuthChange.Disable ignored -> disable(changes);
            case AuthChange.AddUser add -> addUser(add, changes);
            case AuthChange.DeleteUser delete -> deleteUser(delete.user(), changes);
            case AuthChange.ChangePassword password -> changePassword(password, changes);
            case AuthChange.GrantRole grant -> grantRole(grant, changes);
            case AuthChange.RevokeRole revoke -> revokeRole(revoke, changes);
            case AuthChange.AddRole add -> addRole(add.role(), changes);
            case AuthChange.DeleteRole delete -> deleteRole(delete.role(), changes);
            case AuthChange.GrantPermission grant -> grantPermission(grant, changes);
            case AuthChange.RevokePermission revoke -> revokePermission(revoke, changes);
            case AuthChange.AssignToken assign ->
                state.users().containsKey(assign.user()) ? null : AuthProblem.AUTH_FAILED;
        };
        return problem == null ? new Outcome.Changed() : new Outcome.AuthRefused(problem);
    }

    private @Nullable AuthProblem enable(Changes changes) {
        if (state.isEnabled()) {
            return null;
        }
        if (!state.users().containsKey(AuthState.ROOT)) {
            return AuthProblem.ROOT_USER_MISSING;
        }
        if (!state.isRoot(AuthState.ROOT)) {
            return AuthProblem.ROOT_ROLE_MISSING;
        }
        state = new AuthState(true, state.revision(), state.users(), state.roles());
        changes.put(Table.AUTH, ENABLED, Bytes.wrap(new byte[] {1}));
        return null;
    }

    private @Nullable AuthProblem disable(Changes changes) {
        if (state.isEnabled()) {
            state = new AuthState(false, state.revision(), state.users(), state.roles());
            changes.put(Table.AUTH, ENABLED, Bytes.wrap(new byte[] {0}));
            commit(state.users(), state.roles(), changes);
        }
        return null;
    }

    private @Nullable AuthProblem addUser(AuthChange.AddUser add, Changes changes) {
        if (add.user().isEmpty()) {
            return AuthProblem.USER_EMPTY;
        }
        if (state.users().containsKey(add.user())) {
            return AuthProblem.USER_EXISTS;
        }
        return write(new AuthUser(add.user(), add.password(), add.hasPassword(), List.of()), changes);
    }

    private @Nullable AuthProblem deleteUser(String name, Changes changes) {
        if (state.isEnabled() && name.equals(AuthState.ROOT)) {
            return AuthProblem.INVALID_MANAGEMENT;
        }
        if (!state.users().containsKey(name)) {
            return AuthProblem.USER_NOT_FOUND;
        }
        SortedMap<String, AuthUser> users = new TreeMap<>(state.users());
        users.remove(name);
        changes.delete(Table.USERS, Bytes.utf8(name));
        return commit(users, state.roles(), changes);
    }

    private @Nullable AuthProblem changePassword(AuthChange.ChangePassword change, Changes changes) {
        AuthUser user = state.users().get(change.user());
        return user == null
                ? AuthProblem.USER_NOT_FOUND
                : write(new AuthUser(user.name(), change.password(), user.hasPassword(), user.roles()), changes);
    }

    private @Nullable AuthProblem grantRole(AuthChange.GrantRole grant, Changes changes) {
        AuthUser user = state.users().get(grant.user());
        if (user == null) {
            return AuthProblem.USER_NOT_FOUND;
        }
        if (!grant.role().equals(AuthState.ROOT) && !state.roles().containsKey(grant.role())) {
            return AuthProblem.ROLE_NOT_FOUND;
        }
        if (user.roles().contains(grant.role())) {
            return null;
        }
        List<String> roles = new ArrayList<>(user.roles());
        roles.add(grant.role());
        return write(user.withRoles(roles), changes);
    }

    private @Nullable AuthProblem revokeRole(AuthChange.RevokeRole revoke, Changes changes) {
        boolean isRootsRoot =
                revoke.user().equals(AuthState.ROOT) && revoke.role().equals(AuthState.ROOT);
        if (state.isEnabled() && isRootsRoot) {
            return AuthProblem.INVALID_MANAGEMENT;
        }
        AuthUser user = state.users().get(revoke.user());
        if (user == null) {
            return AuthProblem.USER_NOT_FOUND;
        }
        if (!user.roles().contains(revoke.role())) {
            return AuthProblem.ROLE_NOT_GRANTED;
        }
        return write(without(user, revoke.role()), changes);
    }

    private static AuthUser without(AuthUser user, String role) {
        return user.withRoles(
                user.roles().stream().filter(one -> !one.equals(role)).toList());
    }

    private @Nullable AuthProblem addRole(String name, Changes changes) {
        if (name.isEmpty()) {
            return AuthProblem.ROLE_EMPTY;
        }
        return state.roles().containsKey(name)
                ? AuthProblem.ROLE_EXISTS
                : write(new AuthRole(name, List.of()), changes);
    }

    private @Nullable AuthProblem deleteRole(String name, Changes changes) {
        if (state.isEnabled() && name.equals(AuthState.ROOT)) {
            return AuthProblem.INVALID_MANAGEMENT;
        }
        if (!state.roles().containsKey(name)) {
            return AuthProblem.ROLE_NOT_FOUND;
        }
        SortedMap<String, AuthRole> roles = new TreeMap<>(state.roles());
        roles.remove(name);
        changes.delete(Table.ROLES, Bytes.utf8(name));
        SortedMap<String, AuthUser> users = new TreeMap<>(state.users());
        for (AuthUser user : state.users().values()) {
            if (user.roles().contains(name)) {
                AuthUser changed = without(user, name);
                users.put(changed.name(), changed);
                changes.put(Table.USERS, Bytes.utf8(changed.name()), changed.encode());
            }
        }
        return commit(users, roles, changes);
    }

    private @Nullable AuthProblem grantPermission(AuthChange.GrantPermission grant, Changes changes) {
        AuthRole role = state.roles().get(grant.role());
        return role == null ? AuthProblem.ROLE_NOT_FOUND : write(role.with(grant.permission()), changes);
    }

    private @Nullable AuthProblem revokePermission(AuthChange.RevokePermission revoke, Changes changes) {
        AuthRole role = state.roles().get(revoke.role());
        if (role == null) {
            return AuthProblem.ROLE_NOT_FOUND;
        }
        AuthRole changed = role.without(revoke.key(), revoke.rangeEnd());
        return changed.equals(role) ? AuthProblem.PERMISSION_NOT_GRANTED : write(changed, changes);
    }

    private @Nullable AuthProblem write(AuthUser user, Changes changes) {
        SortedMap<String, AuthUser> users = new TreeMap<>(state.users());
        users.put(user.name(), user);
        changes.put(Table.USERS, Bytes.utf8(user.name()), user.encode());
        return commit(users, state.roles(), changes);
    }

    private @Nullable AuthProblem write(AuthRole role, Changes changes) {
        SortedMap<String, AuthRole> roles = new TreeMap<>(state.roles());
        roles.put(role.name(), role);
        changes.put(Table.ROLES, Bytes.utf8(role.name()), role.encode());
        return commit(state.users(), roles, changes);
    }

    /** Always null: there is no problem. */
    private @Nullable AuthProblem commit(
            SortedMap<String, AuthUser> users, SortedMap<String, AuthRole> roles, Changes changes) {
        state = new AuthState(state.isEnabled(), state.revision() + 1, users, roles);
        changes.put(Table.AUTH, REVISION, Mvcc.number(state.revision()));
        return null;
    }
}
