package io.kvorum.node.secrets;

import io.kvorum.engine.EmbeddedStore;
import io.kvorum.http.Endpoint;
import io.kvorum.node.StartFailure;
import io.kvorum.registry.ValueSeal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The encryption of Secrets on one server: the seal for what it writes, and the doors to see and change the keys. */
public final class SecretsEncryption implements AutoCloseable {
    /** Where servers tell how Secrets stand. */
    static final String STATUS = "/v1-k3s/encrypt/status";
    /** Where keys are changed. */
    static final String CONFIG = "/v1-k3s/encrypt/config";

    /** For a server to take over other keys, which takes it half a second when it runs. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final SecretsAtRest secrets;
    private final ServerReports servers;
    private final KeyChanges changes;
    private final EncryptionEndpoint endpoint;

    private SecretsEncryption(SecretsAtRest secrets, ServerReports servers, KeyChanges changes) {
        this.secrets = secrets;
        this.servers = servers;
        this.changes = changes;
        this.endpoint = new EncryptionEndpoint(secrets, servers, changes);
    }

    /** What this server's disk has of keys, before its store is open. */
    public static final class OnDisk {
        private final EncryptionFiles files;
        private final EncryptionState state;
        private final Optional<String> wanted;

        private OnDisk(EncryptionFiles files, EncryptionState state, Optional<String> wanted) {
            this.files = files;
            this.state = state;
            this.wanted = wanted;
        }
    }

    /**
     * Reads the keys on this server's disk; a new cluster makes its own when it is to encrypt.
     *
     * @param wanted aescbc or secretbox; empty for none
     * @param isNewCluster whether nothing was ever written
     * @throws StartFailure when Secrets are to be encrypted and cannot be
     */
    public static OnDisk read(Path serverFolder, Optional<String> wanted, boolean isNewCluster) {
        var files = new EncryptionFiles(serverFolder);
        return new OnDisk(files, files.open(wanted.orElse(null), isNewCluster, new SecureRandom()), wanted);
    }

    /**
     * Takes over what the cluster agreed on while this server was off, and follows it from now on.
     *
     * @param password of the server token
     * @param member this server's id in the store
     * @throws StartFailure when the cluster has keys that this server cannot open
     */
    public static SecretsEncryption start(
            OnDisk disk,
            EmbeddedStore store,
            Supplier<String> password,
            String member,
            String node,
            InstantSource clock) {
        var chance = new SecureRandom();
        var secrets = new SecretsAtRest(store, disk.files, disk.state, password, clock, chance);
        secrets.catchUp();
        var self = new ServerReports.Self(member, node);
        var servers =
                new ServerReports(store, secrets, self, () -> store.members().all());
        var changes = new KeyChanges(
                store, secrets, servers, disk.wanted.map(EncryptionFiles::provider), PATIENCE, clock, chance);
        servers.start();
        return new SecretsEncryption(secrets, servers, changes);
    }

    /** Of what this server writes. */
    public ValueSeal seal() {
        return secrets;
    }

    /** Doors for holders of the server token, by their paths. */
    public Map<String, Endpoint> endpoints() {
        return new TreeMap<>(Map.of(STATUS, endpoint::status, CONFIG, endpoint::change));
    }

    @Override
    public void close() {
        changes.close();
        servers.close();
    }
}
