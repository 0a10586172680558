package io.kvorum.supervisor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Supplier;

/** The passwords that let nodes in, asked for anew each time since they can be rotated; any thread. */
public record JoinTokens(Supplier<String> serverPassword, Supplier<String> agentPassword) {
    boolean isServers(String password) {
        return isSame(serverPassword.get(), password);
    }

    /** Who may join a server may join an agent as well. */
    boolean isAgents(String password) {
        // both are compared always: the time must not tell which one it was
        boolean isServers = isServers(password);
        boolean isAgents = isSame(agentPassword.get(), password);
        return isServers || isAgents;
    }

    String agentMark() {
        return AgentTokenMark.of(serverPassword.get(), agentPassword.get());
    }

    private static boolean isSame(String expected, String shown) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    /** Hides both. */
    @Override
    public String toString() {
        return "JoinTokens[]";
    }
}
