package io.kvorum.supervisor;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who has shown who he is.
 *
 * @param nodeName the only node it may speak for; null for one with a token, which may become any node it has the
 *     password of
 */
record Visitor(Role role, @Nullable String nodeName) {
    /** By what it was let in. */
    enum Role {
        /** The server token. */
        SERVER,
        /** The agent token, or a bootstrap token. */
        AGENT,
        /** The certificate of a node that has joined. */
        NODE,
        /** The certificate of an administrator. */
        ADMINISTRATOR
    }
}
