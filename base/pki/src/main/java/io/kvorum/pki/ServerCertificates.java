package io.kvorum.pki;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * All authorities and certificates of a server, in the files where K3s keeps them. Opening makes what is missing and
 * renews what is about to end; one server process at a time.
 */
public final class ServerCertificates {
    /**
     * Whom the serving certificates speak for.
     *
     * @param apiNames every DNS name and address the API may be reached by
     * @param etcdNames every name and address of this member
     * @param memberUri names this member of the replicated log, such as {@code kvorum://member/1a2b}
     */
    public record Names(String nodeName, List<String> apiNames, List<String> etcdNames, String memberUri) {
        public Names {
            apiNames = List.copyOf(apiNames);
            etcdNames = List.copyOf(etcdNames);
        }
    }

    private final Path folder;
    private final CertificateAuthority clientCa;
    private final CertificateAuthority serverCa;
    private final CertificateAuthority requestHeaderCa;
    private final CertificateAuthority etcdServerCa;
    private final CertificateAuthority etcdPeerCa;
    private final List<KeyPair> serviceAccountKeys;
    private final LeafBook leaves;

    private ServerCertificates(Path folder, InstantSource clock) {
        this.folder = folder;
        this.leaves = new LeafBook(clock);
        this.clientCa = CertificateAuthority.openOrCreate(folder, "client-ca", "k3s-client-ca", clock);
        this.serverCa = CertificateAuthority.openOrCreate(folder, "server-ca", "k3s-server-ca", clock);
        this.requestHeaderCa =
                CertificateAuthority.openOrCreate(folder, "request-header-ca", "k3s-request-header-ca", clock);
        Path etcd = folder.resolve("etcd");
        this.etcdServerCa = CertificateAuthority.openOrCreate(etcd, "server-ca", "etcd-server-ca", clock);
        this.etcdPeerCa = CertificateAuthority.openOrCreate(etcd, "peer-ca", "etcd-peer-ca", clock);
        this.serviceAccountKeys = openOrCreateServiceKey(folder.resolve("service.key"));
    }

    /** @param folder {@code <data-dir>/server/tls} */
    public static ServerCertificates open(Path folder, InstantSource clock) {
        return new ServerCertificates(folder, clock);
    }

    private static List<KeyPair> openOrCreateServiceKey(Path file) {
        if (Files.exists(file)) {
            return Pem.keyPairs(file);
        }
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            SecretFile.write(file, Pem.encode(keys.getPrivate()), "rw-------");
            return List.of(keys);
        } catch (NoSuchAlgorithmException e) {
            throw new PkiException("this Java has no RSA", e);
        }
    }

    public CertificateAuthority clientCa() {
        return clientCa;
    }

    public CertificateAuthority serverCa() {
        return serverCa;
    }

    public CertificateAuthority requestHeaderCa() {
        return requestHeaderCa;
    }

    public CertificateAuthority etcdServerCa() {
        return etcdServerCa;
    }

    public CertificateAuthority etcdPeerCa() {
        return etcdPeerCa;
    }

    /** Signs the tokens of service accounts. */
    public KeyPair serviceAccountKeys() {
        return serviceAccountKeys.getFirst();
    }

    /** Those that signed tokens before, which stand behind the present one in its file. */
    public List<PublicKey> earlierServiceAccountKeys() {
        return serviceAccountKeys.stream().skip(1).map(KeyPair::getPublic).toList();
    }

    /** The PEM file of the server CA, whose hash is in every token. */
    public String serverCaPem() {
        return Pem.read(folder.resolve("server-ca.crt"));
    }

    public Identity admin() {
        return client("client-admin", LeafProfile.client("system:admin", "system:masters"));
    }

    public Identity supervisor() {
        return client("client-supervisor", LeafProfile.client("system:k3s-supervisor", "system:masters"));
    }

    public Identity controllerManager() {
        return client("client-controller", LeafProfile.client("system:kube-controller-manager"));
    }

    public Identity scheduler() {
        return client("client-scheduler", LeafProfile.client("system:kube-scheduler"));
    }

    /** What the API server shows to kubelets. */
    public Identity apiServerClient() {
        return client("client-kube-apiserver", LeafProfile.client("system:apiserver", "system:masters"));
    }

    public Identity kubelet(String nodeName, Path agentFolder) {
        return leaves.ensure(
                new LeafFiles(agentFolder, "client-kubelet"),
                clientCa,
                LeafProfile.client("system:node:" + nodeName, "system:nodes"));
    }

    public Identity kubeProxy(Path agentFolder) {
        return leaves.ensure(
                new LeafFiles(agentFolder, "client-kube-proxy"), clientCa, LeafProfile.client("system:kube-proxy"));
    }

    public Identity kubeletServing(String nodeName, List<String> addresses, Path agentFolder) {
        List<String> names = new ArrayList<>(List.of(nodeName, "localhost", "127.0.0.1", "::1"));
        names.addAll(addresses);
        return leaves.ensure(
                new LeafFiles(agentFolder, "serving-kubelet"), serverCa, LeafProfile.server(nodeName, names));
    }

    /** Also shown by the supervisor. */
    public Identity apiServing(Names names) {
        return leaves.ensure(
                new LeafFiles(folder, "serving-kube-apiserver"),
                serverCa,
                LeafProfile.server("kube-apiserver", names.apiNames()));
    }

    /** etcd's client door; K3s's file serves as a client certificate too. */
    public Identity etcdServing(Names names) {
        return leaves.ensure(
                new LeafFiles(folder.resolve("etcd"), "server-client"),
                etcdServerCa,
                LeafProfile.peer("etcd-server", names.etcdNames()));
    }

    public Identity etcdClient() {
        return leaves.ensure(
                new LeafFiles(folder.resolve("etcd"), "client"), etcdServerCa, LeafProfile.client("etcd-client"));
    }

    public Identity etcdPeer(Names names) {
        List<String> all = new ArrayList<>(names.etcdNames());
        all.add(names.memberUri());
        return leaves.ensure(
                new LeafFiles(folder.resolve("etcd"), "peer-server-client"),
                etcdPeerCa,
                LeafProfile.peer("etcd-peer", all));
    }

    /** Shows an identity that this object gave out, and what follows it when its certificate is renewed. */
    public ReloadableKeyManager live(Identity identity) {
        return leaves.live(identity);
    }

    /** Makes anew what is missing or about to end of all that was given out; the names of those files. */
    public List<Path> renewDue() {
        return leaves.renewDue();
    }

    public List<X509Certificate> clientAuthorities() {
        return clientCa.chain();
    }

    public List<X509Certificate> serverAuthorities() {
        return serverCa.chain();
    }

    private Identity client(String file, LeafProfile profile) {
        return leaves.ensure(new LeafFiles(folder, file), clientCa, profile);
    }
}
