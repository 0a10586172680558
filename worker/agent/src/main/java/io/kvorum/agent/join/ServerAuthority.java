package io.kvorum.agent.join;

import io.kvorum.pki.AnyServerTrust;
import io.kvorum.pki.Pem;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which authority vouches for the cluster's servers: the one whose hash the token pins. */
public final class ServerAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAuthority.class);

    private final JoiningNode node;
    private final ServerToken token;
    private final CountDownLatch closing;

    /** @param closing ends the waiting for servers */
    public ServerAuthority(JoiningNode node, ServerToken token, CountDownLatch closing) {
        this.node = node;
        this.token = token;
        this.closing = closing;
    }

    /**
     * From disk if the token does not say otherwise, else from a server, for as long as it takes.
     *
     * @throws JoinRefused when the server is not of the token's cluster
     */
    public List<X509Certificate> find() throws InterruptedException {
        Optional<String> present = present();
        if (present.isPresent()) {
            return Pem.certificatesIn(present.get());
        }
        String pem = new Insistence(closing).until("the cluster's authority", this::ask);
        String hash = ServerToken.hash(pem);
        if (token.caHash() == null) {
            LOG.atWarn()
                    .addKeyValue("hash", hash)
                    .log("token does not name the cluster's authority, so the first server that answered is believed;"
                            + " the whole token from server/token of a server would prevent that");
        } else if (!token.caHash().equalsIgnoreCase(hash)) {
            throw new JoinRefused(
                    "%s is not of the cluster that the token is for: the token pins the authority %s, this one is %s; check --server and --token"
                            .formatted(node.server(), token.caHash(), hash));
        }
        SecretFile.write(node.serverCa(), pem, "rw-r--r--");
        return Pem.certificatesIn(pem);
    }

    private Optional<String> present() {
        Path file = node.serverCa();
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            String pem = Files.readString(file);
            boolean isPinned = token.caHash() == null || token.caHash().equalsIgnoreCase(ServerToken.hash(pem));
            return isPinned && !Pem.certificatesIn(pem).isEmpty() ? Optional.of(pem) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private String ask() {
        try (var client = new SupervisorClient(List.of(node.server()), new AnyServerTrust(), null)) {
            String pem = client.read("/cacerts", Map.of());
            if (Pem.certificatesIn(pem).isEmpty()) {
                throw new JoinRefused(node.server() + " answers, but is no server of a cluster");
            }
            return pem;
        }
    }
}
