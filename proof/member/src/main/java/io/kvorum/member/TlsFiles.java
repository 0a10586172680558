package io.kvorum.member;

import io.kvorum.http.Tls;
import io.kvorum.http.Tls.ClientCertificates;
import io.kvorum.jraft.PeerIdentity;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of one door's TLS; without certificate and key the door is plain, which only a loopback address allows. */
record TlsFiles(
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path authority) {
    Optional<Tls> clients() {
        Path certificateFile = certificate;
        Path keyFile = key;
        if (certificateFile == null || keyFile == null) {
            return Optional.empty();
        }
        List<X509Certificate> trusted = Pem.certificates(authority == null ? certificateFile : authority);
        return Optional.of(new Tls(
                keys(certificateFile, keyFile),
                Trust.in(trusted),
                authority == null ? ClientCertificates.NONE : ClientCertificates.NEEDED));
    }

    PeerSecurity peers() {
        Path certificateFile = certificate;
        Path keyFile = key;
        Path authorityFile = authority;
        if (certificateFile == null || keyFile == null || authorityFile == null) {
            return new PeerSecurity.PlainOnLoopback();
        }
        return new PeerSecurity.MutualTls(
                keys(certificateFile, keyFile), Trust.in(Pem.certificates(authorityFile)), PeerIdentity.byUri());
    }

    private static ReloadableKeyManager keys(Path certificate, Path key) {
        return new ReloadableKeyManager(new Identity(Pem.keyPair(key).getPrivate(), Pem.certificates(certificate)));
    }
}
