package io.kvorum.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The node agent of a lab host that has joined a server's cluster. */
final class JoinedAgent {
    private static final String SERVICE = "kvorum";
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);

    private final OneServer server;
    private final String host;
    /** Where the log of the present process begins. */
    private int logBegin;

    private JoinedAgent(OneServer server, String host) {
        this.server = server;
        this.host = host;
    }

    /** Starts it without waiting for it. */
    static JoinedAgent join(OneServer server, String host) throws IOException {
        server.copyImages(host);
        var agent = new JoinedAgent(server, host);
        agent.start();
        return agent;
    }

    void start() {
        server.lab().spawn(host, SERVICE, server.agentCommand());
    }

    /** Ends the process at once and starts it again. */
    void restart() {
        server.lab().kill(host, SERVICE, "KILL");
        logBegin = server.lab().log(host, SERVICE).length();
        start();
    }

    void awaitReady() {
        Await.until(host + " to be Ready", READY_LIMIT, this::isReady, this::log);
    }

    boolean isReady() {
        return server.tryKubectl(
                        "get", "node", host, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                .out()
                .equals("True");
    }

    void awaitLog(String text) {
        Await.until("\"" + text + "\" in the log of " + host, READY_LIMIT, () -> log().contains(text), this::log);
    }

    Path path(String path) {
        return server.lab().path(host, path);
    }

    /** Since the last start. */
    String log() {
        return server.lab().log(host, SERVICE).substring(logBegin);
    }
}
