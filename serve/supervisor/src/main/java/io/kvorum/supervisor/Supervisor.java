package io.kvorum.supervisor;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.pki.Pem;
import io.kvorum.supervisor.Visitor.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * What a node asks before it is one, and servers of each other: K3s's {@code /ping}, {@code /cacerts}, {@code /v1-k3s/} and
 * {@code /db/}. It stands before the API on the same port and passes everything else on; any thread.
 */
public final class Supervisor implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final String PREFIX = "/v1-k3s/";
    private static final String CONNECT = PREFIX + "connect";
    private static final String DATABASE = "/db/";
    private static final String API_SERVERS = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
    /** K3s's bounds, so that a whole site that starts at once does not drown its servers. */
    private static final int READING = 20;

    private static final int WRITING = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SupervisorParts parts;
    private final Endpoint api;
    private final Gate gate;
    private final NodeCertificates nodeCertificates;
    private final MemberPages memberPages;
    private final Semaphore readers = new Semaphore(READING, true);
    private final Semaphore writers = new Semaphore(WRITING, true);

    public Supervisor(SupervisorParts parts, Endpoint api, InstantSource clock) {
        this.parts = parts;
        this.api = api;
        this.gate = new Gate(parts.tokens(), new BootstrapTokens(parts.cluster(), clock));
        this.nodeCertificates = new NodeCertificates(parts.certificates(), new NodePasswords(parts.cluster()));
        this.memberPages = new MemberPages(parts.members());
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        String path = exchange.path();
        if (!isOurs(path)) {
            api.handle(exchange);
            return;
        }
        try {
            answer(path, exchange);
        } catch (Refusal refusal) {
            refuse(exchange, refusal);
        } catch (IOException | RuntimeException e) {
            if (exchange.isCommitted()) {
                throw e;
            }
            LOG.atWarn().addKeyValue("path", path).setCause(e).log("a joining node could not be served");
            refuse(exchange, new Refusal(503, "this server cannot answer now: " + e.getMessage()));
        }
    }

    private static boolean isOurs(String path) {
        return path.equals("/ping") || path.equals("/cacerts") || path.startsWith(PREFIX) || path.startsWith(DATABASE);
    }

    private static void refuse(Exchange exchange, Refusal refusal) throws IOException {
        LOG.atDebug()
                .addKeyValue("path", exchange.path())
                .addKeyValue("from", exchange.remoteAddress())
                .addKeyValue("status", refusal.status())
                .log("refused");
        Replies.refusal(exchange, refusal);
    }

    private void answer(String path, Exchange exchange) throws IOException {
        switch (path) {
            case "/ping" -> open(exchange, "pong");
            case "/cacerts" -> open(exchange, parts.certificates().serverCaPem());
            default -> {
                Visitor visitor = gate.visitor(exchange)
                        .orElseThrow(() -> new Refusal(
                                401,
                                "not authorized: the token is not this cluster's, or has ended; "
                                        + "see server/token in the data folder of a running server"));
                if (path.equals(CONNECT)) {
                    connect(visitor, exchange);
                } else if (path.startsWith(DATABASE) || isForServers(path)) {
                    require(visitor, path, allowed(path));
                    forServers(path, exchange);
                } else {
                    within(exchange, () -> forNodes(path, visitor, exchange));
                }
            }
        }
    }

    /** Lasts as long as the node does, and so is not counted among those that wait for an answer. */
    private void connect(Visitor visitor, Exchange exchange) throws IOException {
        NodeTunnels tunnels = parts.tunnels();
        if (tunnels == null) {
            throw new Refusal(404, "this cluster's servers connect to nodes themselves (--egress-selector-mode)");
        }
        if (visitor.role() != Role.NODE || visitor.nodeName() == null) {
            throw new Refusal(403, "forbidden: %s is for nodes that show their certificate".formatted(CONNECT));
        }
        tunnels.serve(visitor.nodeName(), exchange);
    }

    private static void open(Exchange exchange, String text) throws IOException {
        Replies.requireMethod(exchange, "GET", "HEAD");
        Replies.text(exchange, text);
    }

    private boolean isForServers(String path) {
        return path.equals(PREFIX + "server-bootstrap")
                || path.equals(PREFIX + "token")
                || path.startsWith(PREFIX + "encrypt/")
                || path.startsWith(PREFIX + "cert/")
                || parts.furtherForServers().containsKey(path);
    }

    /**
     * An administrator asks for what the commands of a server do, such as snapshots. The authorities' keys are for servers
     * alone, and so is the token that opens them.
     */
    private Set<Role> allowed(String path) {
        return path.startsWith(DATABASE) && parts.furtherForServers().containsKey(path)
                ? EnumSet.of(Role.SERVER, Role.ADMINISTRATOR)
                : EnumSet.of(Role.SERVER);
    }

    private static void require(Visitor visitor, String path, Set<Role> allowed) {
        if (!allowed.contains(visitor.role())) {
            throw new Refusal(
                    403, "forbidden: %s is for servers; join with the server token, not an agent's".formatted(path));
        }
    }

    private void forServers(String path, Exchange exchange) throws IOException {
        Endpoint further = parts.furtherForServers().get(path);
        if (further != null) {
            further.handle(exchange);
            return;
        }
        switch (path) {
            case "/db/info" -> memberPages.info(exchange);
            case "/db/join" -> memberPages.join(exchange);
            case PREFIX + "server-bootstrap" -> {
                Replies.requireMethod(exchange, "GET");
                noteAddress(exchange);
                exchange.respond(200, "application/json", new BootstrapFiles(parts.serverFolder()).read());
            }
            case PREFIX + "encrypt/status" ->
                Replies.json(
                        exchange,
                        JsonMapper.shared()
                                .createObjectNode()
                                .put("enable", false)
                                .put("hashmatch", true));
            default -> throw new Refusal(404, "there is no %s in this version".formatted(path));
        }
    }

    private void forNodes(String path, Visitor visitor, Exchange exchange) throws IOException {
        switch (path.substring(PREFIX.length())) {
            case "readyz" -> {
                if (!parts.isReady().getAsBoolean()) {
                    throw new Refusal(503, "the API of this server is not ready yet");
                }
                Replies.text(exchange, "ok");
            }
            case "client-ca.crt" ->
                Replies.text(exchange, Pem.encode(parts.certificates().clientAuthorities()));
            case "server-ca.crt" -> Replies.text(exchange, parts.certificates().serverCaPem());
            case "config" -> {
                noteAddress(exchange);
                Replies.json(
                        exchange,
                        parts.settings()
                                .document()
                                .put(AgentTokenMark.MEMBER, parts.tokens().agentMark()));
            }
            case "apiservers" -> Replies.json(exchange, apiServers());
            case "serving-kubelet.crt" -> nodeCertificates.servingKubelet(visitor, exchange);
            case "client-kubelet.crt" -> nodeCertificates.clientKubelet(visitor, exchange);
            case "client-kube-proxy.crt" -> nodeCertificates.clientKubeProxy(exchange);
            case "client-k3s-controller.crt" -> nodeCertificates.clientController(exchange);
            default -> throw new Refusal(404, "there is no %s in this version".formatted(path));
        }
    }

    /** What nodes and clients reach this server by: a load balancer's address is known to nobody else. */
    private void noteAddress(Exchange exchange) {
        exchange.requestHeaders().first("Host").map(Supervisor::withoutPort).ifPresent(parts.joinedBy());
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(1, end);
        }
        int colon = host.lastIndexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    /** {@code ["10.0.0.1:6443", ...]}, of the servers that run now. */
    private ArrayNode apiServers() throws IOException {
        ArrayNode list = JsonMapper.shared().createArrayNode();
        JsonNode slice = parts.cluster()
                .find(API_SERVERS)
                .orElseThrow(() -> new Refusal(503, "the API servers are not known yet"));
        int port = slice.path("ports").path(0).path("port").asInt(6443);
        for (JsonNode endpoint : slice.path("endpoints")) {
            for (JsonNode address : endpoint.path("addresses")) {
                String host = address.asString();
                list.add((host.contains(":") ? "[" + host + "]" : host) + ":" + port);
            }
        }
        return list;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void within(Exchange exchange, Work work) throws IOException {
        Semaphore limit = exchange.method().equals("GET") ? readers : writers;
        try {
            if (!limit.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Refusal(429, "many nodes are joining at once; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(503, "this server stops");
        }
        try {
            work.run();
        } finally {
            limit.release();
        }
    }

    /** Says that the supervisor alone is served here. */
    public static Endpoint withoutApi() {
        return exchange -> exchange.respond(
                404, "text/plain", "the API is served on the other port\n".getBytes(StandardCharsets.UTF_8));
    }
}
