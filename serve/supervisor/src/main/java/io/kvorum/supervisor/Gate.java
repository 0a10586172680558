package io.kvorum.supervisor;

import io.kvorum.http.Exchange;
import io.kvorum.supervisor.Visitor.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Finds out who comes with a join token, or with the certificate of a node or an administrator; any thread. */
final class Gate {
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";
    private static final String NODE_USER = "system:node:";
    private static final String NODES = "system:nodes";
    private static final String ADMINISTRATORS = "system:masters";

    private final JoinTokens tokens;
    private final BootstrapTokens bootstrapTokens;

    Gate(JoinTokens tokens, BootstrapTokens bootstrapTokens) {
        this.tokens = tokens;
        this.bootstrapTokens = bootstrapTokens;
    }

    /** Empty for one who showed nothing that is valid. */
    Optional<Visitor> visitor(Exchange exchange) throws IOException {
        Optional<String> shown = exchange.requestHeaders().first("Authorization");
        if (shown.isEmpty()) {
            return byCertificate(exchange);
        }
        String kind = shown.get().toLowerCase(Locale.ROOT);
        if (kind.startsWith(BASIC)) {
            return byPassword(shown.get().substring(BASIC.length()).strip());
        }
        if (kind.startsWith(BEARER)
                && bootstrapTokens.isValid(
                        shown.get().substring(BEARER.length()).strip())) {
            return Optional.of(new Visitor(Role.AGENT, null));
        }
        return Optional.empty();
    }

    private Optional<Visitor> byPassword(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        String password = pair.substring(colon + 1);
        return switch (colon < 0 ? "" : pair.substring(0, colon)) {
            case "server" ->
                tokens.isServers(password) ? Optional.of(new Visitor(Role.SERVER, null)) : Optional.empty();
            case "node" -> tokens.isAgents(password) ? Optional.of(new Visitor(Role.AGENT, null)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** The door has verified the chain already. */
    private static Optional<Visitor> byCertificate(Exchange exchange) {
        if (exchange.peerCertificates().isEmpty()) {
            return Optional.empty();
        }
        X509Certificate leaf = exchange.peerCertificates().getFirst();
        try {
            var subject = new LdapName(leaf.getSubjectX500Principal().getName());
            if (subject.getRdns().stream().anyMatch(part -> isPart(part, "O", ADMINISTRATORS))) {
                return Optional.of(new Visitor(Role.ADMINISTRATOR, null));
            }
            boolean isNode = subject.getRdns().stream().anyMatch(part -> isPart(part, "O", NODES));
            return subject.getRdns().stream()
                    .filter(part -> isNode && part.getType().equalsIgnoreCase("CN"))
                    .map(part -> part.getValue().toString())
                    .filter(name -> name.startsWith(NODE_USER))
                    .map(name -> new Visitor(Role.NODE, name.substring(NODE_USER.length())))
                    .findFirst();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static boolean isPart(Rdn part, String type, String value) {
        return part.getType().equalsIgnoreCase(type) && value.equals(part.getValue());
    }
}
