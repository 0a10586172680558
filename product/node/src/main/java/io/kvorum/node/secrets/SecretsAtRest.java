package io.kvorum.node.secrets;

import io.kvorum.http.Exchange;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.node.StartFailure;
import io.kvorum.node.secrets.EncryptionConfiguration.NamedKey;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.SecretFile;
import io.kvorum.registry.ValueSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encrypts Secrets on their way into the store by the cluster's key in {@code cred/encryption-config.json}, which all its
 * servers share, and decrypts what any of its keys encrypted. Any thread.
 */
public final class SecretsAtRest implements ValueSeal {
    /** Where servers tell {@link #status}. */
    public static final String PATH = "/v1-k3s/encrypt/status";

    private static final Logger LOG = LoggerFactory.getLogger(SecretsAtRest.class);
    private static final Bytes SECRETS = Bytes.utf8("/registry/secrets/");
    private static final Bytes ENCRYPTED = Bytes.utf8("k8s:enc:");
    /** Longer than any prefix that is made. */
    private static final int LONGEST_PREFIX = 256;

    private final EncryptionConfiguration configuration;
    private final RandomGenerator chance;

    SecretsAtRest(EncryptionConfiguration configuration, RandomGenerator chance) {
        this.configuration = configuration;
        this.chance = chance;
    }

    /**
     * By the keys on this server's disk; a new cluster makes its own when it is to encrypt.
     *
     * @param wanted aescbc or secretbox; null for none
     * @param isNewCluster whether nothing was ever written
     * @throws StartFailure when Secrets are to be encrypted and cannot be
     */
    public static SecretsAtRest open(
            Path serverFolder, @Nullable String wanted, boolean isNewCluster, RandomGenerator chance) {
        Path file = serverFolder.resolve("cred/encryption-config.json");
        try {
            if (!Files.exists(file)) {
                if (wanted == null) {
                    return new SecretsAtRest(new EncryptionConfiguration(true, List.of()), chance);
                }
                if (!isNewCluster) {
                    throw new StartFailure("--secrets-encryption must be on when a cluster begins: this one has Secrets"
                            + " that are not encrypted, and no key in %s. Leave the flag out, or begin a new cluster"
                                    .formatted(file));
                }
                SecretFile.write(file, EncryptionConfiguration.make(provider(wanted), chance), "rw-------");
            }
            var configuration = EncryptionConfiguration.parse(Files.readString(file));
            LOG.atInfo()
                    .addKeyValue("encrypted", configuration.isOn())
                    .addKeyValue("keys", configuration.keys().size())
                    .log("Secrets in the store have keys");
            return new SecretsAtRest(configuration, chance);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + file, e);
        } catch (IllegalArgumentException e) {
            throw new StartFailure("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static EncryptionConfiguration.Provider provider(String word) {
        for (EncryptionConfiguration.Provider each : EncryptionConfiguration.Provider.values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new StartFailure("--secrets-encryption-provider is aescbc or secretbox, not \"%s\"".formatted(word));
    }

    @Override
    public Bytes seal(Key key, Bytes value) {
        if (!configuration.isOn() || !key.bytes().startsWith(SECRETS)) {
            return value;
        }
        NamedKey by = configuration.keys().getFirst();
        return Bytes.utf8(by.prefix()).concat(Bytes.wrap(by.cipher().encrypt(value.toByteArray(), chance)));
    }

    @Override
    public Bytes open(Bytes stored) {
        if (!stored.startsWith(ENCRYPTED)) {
            return stored;
        }
        String beginning = new String(
                stored.slice(0, Math.min(stored.length(), LONGEST_PREFIX)).toByteArray(), StandardCharsets.ISO_8859_1);
        Optional<NamedKey> by = configuration.keyOf(beginning);
        if (by.isEmpty()) {
            return stored;
        }
        try {
            byte[] encrypted =
                    stored.slice(by.get().prefix().length(), stored.length()).toByteArray();
            return Bytes.wrap(by.get().cipher().decrypt(encrypted));
        } catch (PkiException e) {
            LOG.atError()
                    .addKeyValue("key", by.get().prefix())
                    .addKeyValue("why", e.getMessage())
                    .log("a Secret cannot be decrypted");
            return stored;
        }
    }

    /** To {@link #PATH}. */
    public void answer(Exchange exchange) throws IOException {
        exchange.respond(200, "application/json", status().toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As K3s has it. */
    ObjectNode status() {
        ObjectNode status = JsonMapper.shared().createObjectNode();
        status.put("enable", configuration.isOn()).put("hashmatch", true);
        if (!configuration.keys().isEmpty()) {
            status.put("stage", "start");
            NamedKey active = configuration.keys().getFirst();
            status.put("activekey", shown(active));
            ArrayNode others = status.putArray("inactivekeys");
            configuration.keys().stream().skip(1).forEach(key -> others.add(shown(key)));
        }
        return status;
    }

    private static String shown(NamedKey key) {
        return key.provider().shown() + " " + key.name();
    }
}
