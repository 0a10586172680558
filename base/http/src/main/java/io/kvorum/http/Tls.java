package io.kvorum.http;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * Who a door is and whom it believes. Both managers are asked anew for each handshake, so that one that reloads its
 * files takes effect at once.
 */
public record Tls(X509ExtendedKeyManager keys, X509TrustManager trust, ClientCertificates clientCertificates) {
    /** Whether callers show a certificate. A shown one that the trust manager refuses always fails the handshake. */
    public enum ClientCertificates {
        NONE,
        WANTED,
        NEEDED
    }
}
