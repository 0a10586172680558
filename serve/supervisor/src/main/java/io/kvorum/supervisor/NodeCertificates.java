package io.kvorum.supervisor;

import io.kvorum.http.Exchange;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.CertificateRequest;
import io.kvorum.pki.Identity;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ServerCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Signs the certificates of nodes. A node that sends a request keeps its key; one that sends none gets a key made for it,
 * behind the certificate, as old agents of K3s expect. Any thread.
 */
final class NodeCertificates {
    private static final Pattern NODE_NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private final ServerCertificates certificates;
    private final NodePasswords passwords;

    NodeCertificates(ServerCertificates certificates, NodePasswords passwords) {
        this.certificates = certificates;
        this.passwords = passwords;
    }

    void servingKubelet(Visitor visitor, Exchange exchange) throws IOException {
        String node = nodeOf(visitor, exchange);
        List<String> names = new ArrayList<>(List.of(node, "localhost", "127.0.0.1"));
        for (String address :
                exchange.requestHeaders().first("k3s-Node-IP").orElse("").split(",", -1)) {
            if (!address.isBlank()) {
                names.add(literal(address.strip()));
            }
        }
        answer(exchange, certificates.serverCa(), LeafProfile.server(node, names));
    }

    private static String literal(String address) {
        try {
            return InetAddress.ofLiteral(address).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "the header k3s-Node-IP holds \"%s\", which is no IP address".formatted(address));
        }
    }

    void clientKubelet(Visitor visitor, Exchange exchange) throws IOException {
        String node = nodeOf(visitor, exchange);
        answer(exchange, certificates.clientCa(), LeafProfile.client("system:node:" + node, "system:nodes"));
    }

    void clientKubeProxy(Exchange exchange) throws IOException {
        answer(exchange, certificates.clientCa(), LeafProfile.client("system:kube-proxy"));
    }

    void clientController(Exchange exchange) throws IOException {
        answer(exchange, certificates.clientCa(), LeafProfile.client("system:k3s-controller"));
    }

    private String nodeOf(Visitor visitor, Exchange exchange) throws IOException {
        String name = exchange.requestHeaders().first("k3s-Node-Name").orElse("");
        if (!NODE_NAME.matcher(name).matches()) {
            throw new Refusal(400, "the header k3s-Node-Name must hold the node's name, not \"%s\"".formatted(name));
        }
        if (visitor.nodeName() != null) {
            if (!visitor.nodeName().equals(name)) {
                throw new Refusal(
                        403,
                        "the certificate is of node %s, which may not ask for %s".formatted(visitor.nodeName(), name));
            }
            return name;
        }
        String password = exchange.requestHeaders().first("k3s-Node-Password").orElse("");
        if (password.isEmpty()) {
            throw new Refusal(400, "the header k3s-Node-Password is missing");
        }
        if (!passwords.admits(name, password)) {
            throw new Refusal(
                    403,
                    "node password rejected: another machine has joined as %s. Give this one a name of its own "
                                    .formatted(name)
                            + "(--node-name or --with-node-id), or delete the Node %s if that machine is gone"
                                    .formatted(name));
        }
        return name;
    }

    private static void answer(Exchange exchange, CertificateAuthority authority, LeafProfile profile)
            throws IOException {
        byte[] request = exchange.method().equals("POST") ? exchange.body().readAllBytes() : new byte[0];
        if (request.length == 0) {
            Identity made = authority.issue(profile);
            Replies.text(exchange, Pem.encode(made.chain()) + Pem.encode(made.key()));
            return;
        }
        try {
            Replies.text(exchange, Pem.encode(authority.certify(profile, CertificateRequest.keyOf(request))));
        } catch (PkiException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
    }
}
