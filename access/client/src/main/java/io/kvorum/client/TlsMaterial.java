package io.kvorum.client;

import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * Whom a client trusts and what it shows: a key manager with its certificate, a bearer token, or neither. A key manager
 * that looks up its certificate on each handshake, and a token asked for before each request, give live renewal.
 */
public record TlsMaterial(TrustManager trust, Optional<KeyManager> identity, Optional<Supplier<String>> token) {
    public static TlsMaterial certificate(TrustManager trust, KeyManager identity) {
        return new TlsMaterial(trust, Optional.of(identity), Optional.empty());
    }

    public static TlsMaterial token(TrustManager trust, Supplier<String> token) {
        return new TlsMaterial(trust, Optional.empty(), Optional.of(token));
    }

    @Override
    public String toString() {
        return "TlsMaterial[certificate: " + identity.isPresent() + ", token: " + token.isPresent() + "]";
    }
}
