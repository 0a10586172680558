package io.kvorum.mvcc;

import io.kvorum.model.Bytes;

/** A change of users, roles and permissions, or of whether they count. */
public sealed interface AuthChange {
    record Enable() implements AuthChange {}

    record Disable() implements AuthChange {}

    /** @param password as bcrypt made it; empty for a user who only has a certificate */
    record AddUser(String user, Secret password, boolean hasPassword) implements AuthChange {}

    record DeleteUser(String user) implements AuthChange {}

    record ChangePassword(String user, Secret password) implements AuthChange {}

    record GrantRole(String user, String role) implements AuthChange {}

    record RevokeRole(String user, String role) implements AuthChange {}

    record AddRole(String role) implements AuthChange {}

    record DeleteRole(String role) implements AuthChange {}

    record GrantPermission(String role, Permission permission) implements AuthChange {}

    record RevokePermission(String role, Bytes key, Bytes rangeEnd) implements AuthChange {}

    /** Lets a user in under a token, which all members keep in memory only. */
    record AssignToken(String user, Secret token) implements AuthChange {}

    /** Text that is never shown. */
    record Secret(String text) {
        public static final Secret NONE = new Secret("");

        @Override
        public String toString() {
            return "***";
        }
    }
}
