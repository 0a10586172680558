package io.kvorum.jraft;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** How members prove to each other who they are. */
public sealed interface PeerSecurity {
    /**
     * Both sides show a certificate. The managers are asked at each handshake, so they may change what they answer while
     * the log runs. Host names and addresses are not compared: a member is known by its id, whatever its address.
     */
    record MutualTls(X509ExtendedKeyManager keys, X509TrustManager trust, PeerIdentity identity)
            implements PeerSecurity {}

    /** Nobody proves anything: for tests and for a lone member, and only on a loopback address. */
    record PlainOnLoopback() implements PeerSecurity {}
}
