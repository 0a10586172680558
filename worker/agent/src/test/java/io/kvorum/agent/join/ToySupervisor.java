package io.kvorum.agent.join;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.HttpsServer;
import io.kvorum.http.Tls;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.CertificateRequest;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.ServerToken;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The joining pages of a server, with keys and a door as real ones; remembers who asked for what. */
final class ToySupervisor implements AutoCloseable {
    private static final String SETTINGS = """
            {"ClusterIPRange":{"IP":"10.42.0.0","Mask":"//8AAA=="},
             "ServiceIPRange":{"IP":"10.43.0.0","Mask":"//8AAA=="},
             "ClusterDNS":"10.43.0.10","ClusterDomain":"cluster.local","FlannelBackend":"host-gw",
             "EgressSelectorMode":"agent"}""";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final CertificateAuthority serverCa;
    private final CertificateAuthority clientCa;
    private final HttpsServer door;
    private volatile String password = "secret";

    ToySupervisor(Path folder, InstantSource clock) {
        serverCa = CertificateAuthority.openOrCreate(folder, "server-ca", "k3s-server-ca", clock);
        clientCa = CertificateAuthority.openOrCreate(folder, "client-ca", "k3s-client-ca", clock);
        var keys = new ReloadableKeyManager(
                serverCa.issue(LeafProfile.server("kube-apiserver", List.of("kubernetes.default"))));
        Endpoint endpoint = this::answer;
        door = new HttpsServer(
                HttpConfig.listeningOn(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new Tls(keys, Trust.in(clientCa.chain()), Tls.ClientCertificates.WANTED),
                endpoint);
        door.start();
    }

    URI url() {
        return URI.create("https://127.0.0.1:" + door.addresses().getFirst().getPort());
    }

    ServerToken token() {
        return new ServerToken(ServerToken.hash(Pem.encode(serverCa.chain())), "server", password);
    }

    void rotateToken(String fresh) {
        password = fresh;
    }

    /** The next requests are told that the server is not ready. */
    void refuse(int requests) {
        refusals.set(requests);
    }

    CertificateAuthority serverCa() {
        return serverCa;
    }

    /** By whom and for which page, since the last time. */
    List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    private void answer(Exchange exchange) throws IOException {
        if (exchange.path().equals("/cacerts")) {
            text(exchange, 200, Pem.encode(serverCa.chain()));
            return;
        }
        String caller = caller(exchange);
        asked.add(caller + " " + exchange.path());
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            text(exchange, 503, "{\"message\":\"not ready yet\"}");
        } else if (caller.isEmpty()) {
            text(exchange, 401, "{\"message\":\"the token is not this cluster's\"}");
        } else {
            serve(exchange);
        }
    }

    private String caller(Exchange exchange) {
        String expected = Base64.getEncoder().encodeToString(("node:" + password).getBytes(StandardCharsets.UTF_8));
        if (exchange.requestHeaders().first("Authorization").isPresent()) {
            return exchange.requestHeaders().first("Authorization").get().equals("Basic " + expected) ? "token" : "";
        }
        return exchange.peerCertificates().isEmpty() ? "" : "certificate";
    }

    private void serve(Exchange exchange) throws IOException {
        String node = exchange.requestHeaders().first("k3s-Node-Name").orElse("");
        switch (exchange.path()) {
            case "/v1-k3s/client-ca.crt" -> text(exchange, 200, Pem.encode(clientCa.chain()));
            case "/v1-k3s/config" -> text(exchange, 200, SETTINGS);
            case "/v1-k3s/client-kubelet.crt" ->
                sign(exchange, clientCa, LeafProfile.client("system:node:" + node, "system:nodes"));
            case "/v1-k3s/client-kube-proxy.crt" -> sign(exchange, clientCa, LeafProfile.client("system:kube-proxy"));
            case "/v1-k3s/client-k3s-controller.crt" ->
                sign(exchange, clientCa, LeafProfile.client("system:k3s-controller"));
            case "/v1-k3s/serving-kubelet.crt" -> {
                String address = exchange.requestHeaders().first("k3s-Node-IP").orElseThrow();
                sign(exchange, serverCa, LeafProfile.server(node, List.of(node, address)));
            }
            default -> text(exchange, 404, "no such page");
        }
    }

    private static void sign(Exchange exchange, CertificateAuthority authority, LeafProfile profile)
            throws IOException {
        if (exchange.requestHeaders().first("k3s-Node-Password").orElse("").length() != 32) {
            text(exchange, 403, "{\"message\":\"node password rejected\"}");
            return;
        }
        byte[] request = exchange.body().readAllBytes();
        text(exchange, 200, Pem.encode(authority.certify(profile, CertificateRequest.keyOf(request))));
    }

    private static void text(Exchange exchange, int status, String text) throws IOException {
        exchange.respond(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        door.stop(Duration.ZERO);
    }
}
