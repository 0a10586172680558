package io.kvorum.node.secrets;

import io.kvorum.model.Revision;
import io.kvorum.node.StartFailure;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of Secrets on this server's disk, where K3s has them: {@code cred/encryption-config.json}, and the stage of their
 * change in {@code cred/encryption-state.json}. Written by one thread at a time.
 */
public final class EncryptionFiles {
    private static final Logger LOG = LoggerFactory.getLogger(EncryptionFiles.class);

    private final Path configuration;
    private final Path mark;

    public EncryptionFiles(Path serverFolder) {
        this.configuration = serverFolder.resolve("cred/encryption-config.json");
        this.mark = serverFolder.resolve("cred/encryption-state.json");
    }

    /**
     * What is there; a new cluster makes its own when it is to encrypt.
     *
     * @param wanted aescbc or secretbox; null for none
     * @param isNewCluster whether nothing was ever written
     * @throws StartFailure when Secrets are to be encrypted and cannot be
     */
    EncryptionState open(@Nullable String wanted, boolean isNewCluster, RandomGenerator chance) {
        try {
            if (!Files.exists(configuration)) {
                if (wanted == null) {
                    return EncryptionState.NONE;
                }
                EncryptionConfiguration.Provider provider = provider(wanted);
                if (!isNewCluster) {
                    throw new StartFailure(
                            ("this cluster has Secrets that are not encrypted, and no key in %s. Leave --secrets-encryption"
                                            + " out, or start without it and have them encrypted by k3s secrets-encrypt enable")
                                    .formatted(configuration));
                }
                write(EncryptionState.of(
                        EncryptionConfiguration.first(provider, chance).json(),
                        RotationStage.START,
                        RotationStage.START,
                        Revision.ZERO));
            }
            RotationStage stage = stage();
            EncryptionState state = EncryptionState.of(Files.readString(configuration), stage, stage, Revision.ZERO);
            LOG.atInfo()
                    .addKeyValue("encrypted", state.configuration().isOn())
                    .addKeyValue("keys", state.configuration().keys().size())
                    .log("Secrets in the store have keys");
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + configuration, e);
        } catch (IllegalArgumentException e) {
            throw new StartFailure("%s: %s".formatted(configuration, e.getMessage()), e);
        }
    }

    static EncryptionConfiguration.Provider provider(String word) {
        return EncryptionConfiguration.Provider.ofWord(word)
                .orElseThrow(() -> new StartFailure(
                        "--secrets-encryption-provider is aescbc or secretbox, not \"%s\"".formatted(word)));
    }

    /** A cluster that came from K3s may be in the middle of a change. */
    private RotationStage stage() throws IOException {
        if (!Files.exists(mark)) {
            return RotationStage.START;
        }
        String text = Files.readString(mark);
        int dash = text.indexOf('-');
        return RotationStage.ofWord(dash < 0 ? text.strip() : text.substring(0, dash))
                .orElse(RotationStage.START);
    }

    /** @throws UncheckedIOException when the disk does not take it */
    void write(EncryptionState state) {
        if (!state.text().isEmpty()) {
            SecretFile.write(configuration, state.text(), "rw-------");
            SecretFile.write(mark, state.mark(), "rw-------");
        }
    }

    /**
     * Deletes them: a restored snapshot that brings none was made before this cluster had any.
     *
     * @param document the cluster's keys as the snapshot has them
     */
    public void keepOnlyIfIn(byte[] document) throws IOException {
        if (BootstrapRecord.encryptionIn(document).isEmpty()) {
            Files.deleteIfExists(configuration);
            Files.deleteIfExists(mark);
        }
    }
}
