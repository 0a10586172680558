package io.kvorum.agent.join;

import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.CertificateRequest;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PinnedServerTrust;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.SecretFile;
import io.kvorum.pki.ServerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this machine a node: what is on disk and still good is used without asking anybody, the rest is asked of the
 * servers, for as long as it takes. One thread at a time.
 */
public final class Enrolment {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final String PAGES = "/v1-k3s/";

    private final JoiningNode node;
    private final ServerToken token;
    private final List<X509Certificate> serverAuthorities;
    private final List<URI> servers;
    private final InstantSource clock;
    private final CountDownLatch closing;

    /**
     * @param authorities the cluster's, of its servers
     * @param balancer the node's own way to servers
     * @param closing ends the waiting for servers
     */
    public Enrolment(
            JoiningNode node,
            ServerToken token,
            List<X509Certificate> authorities,
            URI balancer,
            InstantSource clock,
            CountDownLatch closing) {
        this.node = node;
        this.token = token.as("node"); // which the servers take with either of their tokens
        this.serverAuthorities = List.copyOf(authorities);
        // the given address first: a load balancer's becomes known to its cluster by being asked for
        this.servers = List.of(node.server(), balancer);
        this.clock = clock;
        this.closing = closing;
    }

    /** One of this node's certificates. */
    private record Leaf(String file, String page, String commonName, List<String> names) {}

    private Leaf kubelet() {
        return new Leaf("client-kubelet", "client-kubelet.crt", "system:node:" + node.name(), List.of());
    }

    private static Leaf kubeProxy() {
        return new Leaf("client-kube-proxy", "client-kube-proxy.crt", "system:kube-proxy", List.of());
    }

    private static Leaf controller() {
        return new Leaf("client-k3s-controller", "client-k3s-controller.crt", "system:k3s-controller", List.of());
    }

    private Leaf serving() {
        return new Leaf("serving-kubelet", "serving-kubelet.crt", node.name(), node.addresses());
    }

    /** @throws JoinRefused when a server says no for good */
    public NodeCredentials credentials() throws InterruptedException {
        try (SupervisorClient client = client(null)) {
            List<X509Certificate> clientAuthorities = clientAuthorities(client);
            X509Certificate clients = clientAuthorities.getFirst();
            X509Certificate servings = serverAuthorities.getFirst();
            return new NodeCredentials(
                    new ReloadableKeyManager(identity(client, kubelet(), clients)),
                    new ReloadableKeyManager(identity(client, kubeProxy(), clients)),
                    new ReloadableKeyManager(identity(client, controller(), clients)),
                    new ReloadableKeyManager(identity(client, serving(), servings)),
                    serverAuthorities,
                    clientAuthorities);
        }
    }

    private SupervisorClient client(@Nullable KeyManager identity) {
        return new SupervisorClient(servers, new PinnedServerTrust(serverAuthorities), identity);
    }

    private List<X509Certificate> clientAuthorities(SupervisorClient client) throws InterruptedException {
        Path file = node.clientCa();
        boolean isOfThisCluster = Files.exists(file)
                && new LeafFile(node.folder(), kubelet().file())
                        .present(Pem.certificates(file).getFirst(), kubelet().commonName(), List.of(), clock.instant())
                        .isPresent();
        if (!isOfThisCluster) {
            String pem = new Insistence(closing)
                    .until("the authority of clients", () -> client.read(PAGES + "client-ca.crt", withToken()));
            SecretFile.write(file, pem, "rw-r--r--");
        }
        return Pem.certificates(file);
    }

    private Identity identity(SupervisorClient client, Leaf leaf, X509Certificate authority)
            throws InterruptedException {
        var files = new LeafFile(node.folder(), leaf.file());
        Optional<Identity> present = files.present(authority, leaf.commonName(), leaf.names(), clock.instant());
        if (present.isPresent()) {
            return present.get();
        }
        Identity fresh = new Insistence(closing)
                .until("the certificate " + leaf.file(), () -> signed(client, leaf, withToken()));
        files.write(fresh);
        LOG.atInfo()
                .addKeyValue("certificate", leaf.file())
                .addKeyValue("until", fresh.certificate().getNotAfter().toInstant())
                .log("certificate is signed by a server");
        return fresh;
    }

    /** The key stays here: a server sees the request alone. */
    private Identity signed(SupervisorClient client, Leaf leaf, SortedMap<String, String> headers) {
        KeyPair keys = CertificateAuthority.newKeys();
        headers.put("k3s-Node-Name", node.name());
        headers.put("k3s-Node-Password", NodePassword.ensure(node.passwordFile()));
        headers.put("k3s-Node-IP", String.join(",", node.addresses()));
        String pem = client.send(PAGES + leaf.page(), headers, CertificateRequest.of(keys, leaf.commonName()));
        return new Identity(keys.getPrivate(), Pem.certificatesIn(pem));
    }

    private SortedMap<String, String> withToken() {
        SortedMap<String, String> headers = new TreeMap<>();
        headers.put("Authorization", token.authorization());
        return headers;
    }

    /** As the servers say, or as they said last when none answers. */
    public ClusterSettings settings(NodeCredentials credentials) throws InterruptedException {
        try (SupervisorClient client = client(credentials.kubelet())) {
            Optional<ClusterSettings> kept = kept();
            if (kept.isPresent()) {
                return refreshed(client, kept.get());
            }
            String document = new Insistence(closing)
                    .until("the cluster's settings", () -> client.read(PAGES + "config", withToken()));
            ClusterSettings settings = ClusterSettings.parse(document);
            SecretFile.write(node.settings(), document, "rw-------");
            return settings;
        }
    }

    private ClusterSettings refreshed(SupervisorClient client, ClusterSettings kept) {
        try {
            String document = client.read(PAGES + "config", Map.of());
            ClusterSettings settings = ClusterSettings.parse(document);
            SecretFile.write(node.settings(), document, "rw-------");
            return settings;
        } catch (SupervisorUnreachable | SupervisorRefused | IllegalArgumentException notNow) {
            LOG.atWarn()
                    .addKeyValue("why", notNow.getMessage())
                    .log("no server tells the cluster's settings, starting with those of last time");
            return kept;
        }
    }

    private Optional<ClusterSettings> kept() {
        try {
            return Files.exists(node.settings())
                    ? Optional.of(ClusterSettings.parse(Files.readString(node.settings())))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + node.settings(), e);
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    /** The servers as one of them knows them, such as {@code 10.0.0.1:6443}. */
    public List<String> apiServers(NodeCredentials credentials) {
        try (SupervisorClient client = client(credentials.kubelet())) {
            return StringList.parse(client.read(PAGES + "apiservers", Map.of()));
        }
    }

    /**
     * Renews those certificates whose end is near; new handshakes show the new ones.
     *
     * @return how many
     * @throws SupervisorUnreachable when no server answers
     * @throws SupervisorRefused when one says no
     */
    int renew(NodeCredentials credentials) {
        int renewed = 0;
        try (SupervisorClient client = client(credentials.kubelet())) {
            renewed += renew(client, kubelet(), credentials.kubelet());
            renewed += renew(client, kubeProxy(), credentials.kubeProxy());
            renewed += renew(client, controller(), credentials.controller());
            renewed += renew(client, serving(), credentials.kubeletServing());
        }
        return renewed;
    }

    private int renew(SupervisorClient client, Leaf leaf, ReloadableKeyManager shown) {
        if (!LeafFile.isDue(shown.identity(), clock.instant())) {
            return 0;
        }
        Identity fresh = renewed(client, leaf);
        new LeafFile(node.folder(), leaf.file()).write(fresh);
        shown.replace(fresh);
        LOG.atInfo()
                .addKeyValue("certificate", leaf.file())
                .addKeyValue("until", fresh.certificate().getNotAfter().toInstant())
                .log("certificate is renewed");
        return 1;
    }

    /** By the certificate that the node has, so that a token which was rotated since does not matter. */
    private Identity renewed(SupervisorClient client, Leaf leaf) {
        try {
            return signed(client, leaf, new TreeMap<>());
        } catch (SupervisorRefused refusal) {
            if (refusal.status() != 401 && refusal.status() != 403) {
                throw refusal;
            }
            return signed(client, leaf, withToken());
        }
    }
}
