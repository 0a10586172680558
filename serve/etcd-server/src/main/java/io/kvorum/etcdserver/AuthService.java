package io.kvorum.etcdserver;

import io.etcd.jetcd.api.AuthDisableRequest;
import io.etcd.jetcd.api.AuthDisableResponse;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthEnableResponse;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleAddResponse;
import io.etcd.jetcd.api.AuthRoleDeleteRequest;
import io.etcd.jetcd.api.AuthRoleDeleteResponse;
import io.etcd.jetcd.api.AuthRoleGetRequest;
import io.etcd.jetcd.api.AuthRoleGetResponse;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionResponse;
import io.etcd.jetcd.api.AuthRoleListRequest;
import io.etcd.jetcd.api.AuthRoleListResponse;
import io.etcd.jetcd.api.AuthRoleRevokePermissionRequest;
import io.etcd.jetcd.api.AuthRoleRevokePermissionResponse;
import io.etcd.jetcd.api.AuthStatusRequest;
import io.etcd.jetcd.api.AuthStatusResponse;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserAddResponse;
import io.etcd.jetcd.api.AuthUserChangePasswordRequest;
import io.etcd.jetcd.api.AuthUserChangePasswordResponse;
import io.etcd.jetcd.api.AuthUserDeleteRequest;
import io.etcd.jetcd.api.AuthUserDeleteResponse;
import io.etcd.jetcd.api.AuthUserGetRequest;
import io.etcd.jetcd.api.AuthUserGetResponse;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleResponse;
import io.etcd.jetcd.api.AuthUserListRequest;
import io.etcd.jetcd.api.AuthUserListResponse;
import io.etcd.jetcd.api.AuthUserRevokeRoleRequest;
import io.etcd.jetcd.api.AuthUserRevokeRoleResponse;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.Permission;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.Accounts;
import io.kvorum.engine.StoreException;
import io.kvorum.mvcc.AuthChange;
import io.kvorum.mvcc.AuthProblem;
import io.kvorum.mvcc.AuthRole;
import io.kvorum.mvcc.AuthState;
import io.kvorum.mvcc.AuthUser;
import java.util.function.Supplier;

/** etcd's Auth service: users, roles, permissions, and coming in. Any thread; calls block. */
final class AuthService extends AuthGrpc.AuthImplBase {
    private final Accounts accounts;
    private final Headers headers;
    private final Gate gate;

    AuthService(Accounts accounts, Headers headers, Gate gate) {
        this.accounts = accounts;
        this.headers = headers;
        this.gate = gate;
    }

    private <T> void change(StreamObserver<T> caller, Supplier<AuthChange> change, Supplier<T> answer) {
        Unary.answer(caller, () -> {
            accounts.change(change.get(), gate.pass().isRoot().allowance());
            return answer.get();
        });
    }

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> caller) {
        change(
                caller,
                AuthChange.Enable::new,
                () -> AuthEnableResponse.newBuilder().setHeader(headers.now()).build());
    }

    @Override
    public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> caller) {
        change(
                caller,
                AuthChange.Disable::new,
                () -> AuthDisableResponse.newBuilder().setHeader(headers.now()).build());
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            AuthState state = accounts.state();
            return AuthStatusResponse.newBuilder()
                    .setHeader(headers.now())
                    .setEnabled(state.isEnabled())
                    .setAuthRevision(state.revision())
                    .build();
        });
    }

    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> caller) {
        Unary.answer(
                caller,
                () -> AuthenticateResponse.newBuilder()
                        .setToken(accounts.authenticate(request.getName(), request.getPassword())
                                .text())
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> caller) {
        change(
                caller,
                () -> added(request),
                () -> AuthUserAddResponse.newBuilder().setHeader(headers.now()).build());
    }

    private AuthChange added(AuthUserAddRequest request) {
        boolean hasPassword = !request.getOptions().getNoPassword();
        AuthChange.Secret password =
                hasPassword ? hashed(request.getHashedPassword(), request.getPassword()) : AuthChange.Secret.NONE;
        return new AuthChange.AddUser(request.getName(), password, hasPassword);
    }

    private AuthChange.Secret hashed(String hashedPassword, String password) {
        return hashedPassword.isEmpty() ? accounts.hashed(password) : new AuthChange.Secret(hashedPassword);
    }

    @Override
    public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRootOr(request.getName());
            AuthUser user = accounts.state().users().get(request.getName());
            if (user == null) {
                throw new StoreException.AuthRefused(AuthProblem.USER_NOT_FOUND);
            }
            return AuthUserGetResponse.newBuilder()
                    .setHeader(headers.now())
                    .addAllRoles(user.roles())
                    .build();
        });
    }

    @Override
    public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            return AuthUserListResponse.newBuilder()
                    .setHeader(headers.now())
                    .addAllUsers(accounts.state().users().keySet())
                    .build();
        });
    }

    @Override
    public void userDelete(AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> caller) {
        change(
                caller,
                () -> new AuthChange.DeleteUser(request.getName()),
                () -> AuthUserDeleteResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void userChangePassword(
            AuthUserChangePasswordRequest request, StreamObserver<AuthUserChangePasswordResponse> caller) {
        change(
                caller,
                () -> new AuthChange.ChangePassword(
                        request.getName(), hashed(request.getHashedPassword(), request.getPassword())),
                () -> AuthUserChangePasswordResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> caller) {
        change(
                caller,
                () -> new AuthChange.GrantRole(request.getUser(), request.getRole()),
                () -> AuthUserGrantRoleResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void userRevokeRole(AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> caller) {
        change(
                caller,
                () -> new AuthChange.RevokeRole(request.getName(), request.getRole()),
                () -> AuthUserRevokeRoleResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> caller) {
        change(
                caller,
                () -> new AuthChange.AddRole(request.getName()),
                () -> AuthRoleAddResponse.newBuilder().setHeader(headers.now()).build());
    }

    @Override
    public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRootOrHas(request.getRole());
            AuthRole role = accounts.state().roles().get(request.getRole());
            if (role == null) {
                throw new StoreException.AuthRefused(AuthProblem.ROLE_NOT_FOUND);
            }
            AuthRoleGetResponse.Builder built = AuthRoleGetResponse.newBuilder().setHeader(headers.now());
            role.permissions().forEach(permission -> built.addPerm(permission(permission)));
            return built.build();
        });
    }

    private static Permission permission(io.kvorum.mvcc.Permission permission) {
        return Permission.newBuilder()
                .setPermType(
                        switch (permission.kind()) {
                            case READ -> Permission.Type.READ;
                            case WRITE -> Permission.Type.WRITE;
                            case READ_WRITE -> Permission.Type.READWRITE;
                        })
                .setKey(Wire.text(permission.key()))
                .setRangeEnd(Wire.text(permission.rangeEnd()))
                .build();
    }

    @Override
    public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> caller) {
        Unary.answer(caller, () -> {
            gate.pass().isRoot();
            return AuthRoleListResponse.newBuilder()
                    .setHeader(headers.now())
                    .addAllRoles(accounts.state().roles().keySet())
                    .build();
        });
    }

    @Override
    public void roleDelete(AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> caller) {
        change(
                caller,
                () -> new AuthChange.DeleteRole(request.getRole()),
                () -> AuthRoleDeleteResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> caller) {
        change(
                caller,
                () -> new AuthChange.GrantPermission(request.getName(), granted(request.getPerm())),
                () -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }

    private static io.kvorum.mvcc.Permission granted(Permission permission) {
        io.kvorum.mvcc.Permission.Kind kind = switch (permission.getPermType()) {
            case READ, UNRECOGNIZED -> io.kvorum.mvcc.Permission.Kind.READ;
            case WRITE -> io.kvorum.mvcc.Permission.Kind.WRITE;
            case READWRITE -> io.kvorum.mvcc.Permission.Kind.READ_WRITE;
        };
        return new io.kvorum.mvcc.Permission(
                kind, Wire.bytes(permission.getKey()), Wire.bytes(permission.getRangeEnd()));
    }

    @Override
    public void roleRevokePermission(
            AuthRoleRevokePermissionRequest request, StreamObserver<AuthRoleRevokePermissionResponse> caller) {
        change(
                caller,
                () -> new AuthChange.RevokePermission(
                        request.getRole(), Wire.bytes(request.getKey()), Wire.bytes(request.getRangeEnd())),
                () -> AuthRoleRevokePermissionResponse.newBuilder()
                        .setHeader(headers.now())
                        .build());
    }
}
