package io.kvorum.engine;

import io.kvorum.mvcc.Command;

/**
 * At which state of users and roles a caller was found to be allowed something; when that changes before the write is
 * committed, the write does nothing and the caller must be looked at again.
 *
 * @param authRevision 0 for callers whom no rule binds
 */
public record Allowance(long authRevision) {
    public static final Allowance ANYONE = new Allowance(0);

    Command of(Command command) {
        return authRevision == 0 ? command : new Command.Authorized(authRevision, command);
    }
}
