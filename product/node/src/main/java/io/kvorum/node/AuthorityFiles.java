package io.kvorum.node;

import java.util.List;

/**
 * The authorities of a cluster, and where their files stand.
 *
 * @param name K3s's, of the certificates; the key's has {@code Key} behind it
 * @param file below {@code server/tls}, without {@code .crt} and {@code .key}
 * @param label what the subject begins with
 */
record AuthorityFiles(String name, String file, String label) {
    static final List<AuthorityFiles> ALL = List.of(
            new AuthorityFiles("ServerCA", "server-ca", "k3s-server-ca"),
            new AuthorityFiles("ClientCA", "client-ca", "k3s-client-ca"),
            new AuthorityFiles("RequestHeaderCA", "request-header-ca", "k3s-request-header-ca"),
            new AuthorityFiles("ETCDServerCA", "etcd/server-ca", "etcd-server-ca"),
            new AuthorityFiles("ETCDPeerCA", "etcd/peer-ca", "etcd-peer-ca"));

    /** K3s's name of what signs service accounts' tokens, which has no certificate. */
    static final String SERVICE_KEY = "ServiceKey";

    static final String SERVICE_KEY_FILE = "service.key";

    String keyName() {
        return name + "Key";
    }
}
