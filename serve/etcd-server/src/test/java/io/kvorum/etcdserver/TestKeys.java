package io.kvorum.etcdserver;

import io.kvorum.http.Tls;
import io.kvorum.pki.CertificateAuthority;
import io.kvorum.pki.Identity;
import io.kvorum.pki.LeafFiles;
import io.kvorum.pki.LeafProfile;
import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** An authority with a server's and a client's certificate, as files and as TLS settings. */
record TestKeys(Path ca, LeafFiles server, LeafFiles client, Tls tls) {
    static TestKeys in(Path folder) {
        try {
            Files.createDirectories(folder);
            CertificateAuthority authority =
                    CertificateAuthority.openOrCreate(folder, "ca", "etcd-test", InstantSource.system());
            Path ca = Files.writeString(folder.resolve("authority.pem"), Pem.encode(authority.chain()));
            LeafFiles server = new LeafFiles(folder, "server");
            Identity identity = server.ensure(
                    authority, LeafProfile.peer("server", List.of("127.0.0.1", "localhost")), Instant.now());
            LeafFiles client = new LeafFiles(folder, "client");
            Identity ignored = client.ensure(authority, LeafProfile.client("client"), Instant.now());
            Tls tls = new Tls(
                    new ReloadableKeyManager(identity), Trust.in(authority.chain()), Tls.ClientCertificates.NEEDED);
            return new TestKeys(ca, server, client, tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
