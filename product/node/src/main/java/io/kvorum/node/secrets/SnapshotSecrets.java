package io.kvorum.node.secrets;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.pki.BootstrapCipher;
import java.util.Collection;
import java.util.Optional;

/** Reads the Secrets of a snapshot by the keys of its time, which are in it under the server token. Immutable, any thread. */
public final class SnapshotSecrets {
    private final SealingKeys keys;

    private SnapshotSecrets(SealingKeys keys) {
        this.keys = keys;
    }

    /** @param bootstrap the snapshot's bootstrap data, one for each token */
    public static SnapshotSecrets of(Collection<Bytes> bootstrap, String password) {
        EncryptionState state = bootstrap.stream()
                .flatMap(hidden -> BootstrapCipher.decrypt(password, hidden.utf8()).stream())
                .flatMap(document -> BootstrapRecord.encryptionIn(document).stream())
                .findFirst()
                .map(text -> EncryptionState.of(text, RotationStage.START, RotationStage.START, Revision.ZERO))
                .orElse(EncryptionState.NONE);
        return new SnapshotSecrets(SealingKeys.of(state));
    }

    /** What stood in the store, decrypted if need be; empty when it was encrypted by a key that is not there. */
    public Optional<Bytes> open(Bytes stored) {
        return keys.open(stored);
    }
}
