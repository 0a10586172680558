package io.kvorum.mvcc;

/** Why something about users, roles or permissions was refused. */
public enum AuthProblem {
    ROOT_USER_MISSING,
    ROOT_ROLE_MISSING,
    USER_EXISTS,
    USER_EMPTY,
    USER_NOT_FOUND,
    ROLE_EXISTS,
    ROLE_EMPTY,
    ROLE_NOT_FOUND,
    AUTH_FAILED,
    PERMISSION_DENIED,
    ROLE_NOT_GRANTED,
    PERMISSION_NOT_GRANTED,
    NOT_ENABLED,
    INVALID_TOKEN,
    /** Taking from root what makes it root, while authentication is on. */
    INVALID_MANAGEMENT,
    /** The rules have changed since the caller was looked at: look again. */
    OLD_REVISION
}
