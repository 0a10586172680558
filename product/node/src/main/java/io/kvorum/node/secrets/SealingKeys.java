package io.kvorum.node.secrets;

import io.kvorum.model.Bytes;
import io.kvorum.node.secrets.EncryptionConfiguration.NamedKey;
import io.kvorum.pki.PkiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process reads and writes Secrets by: the cluster's keys, and those that it had before, for reading old
 * revisions that are still on their way to a watch or a list. Immutable, any thread.
 */
final class SealingKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SealingKeys.class);
    /** Of so many rotations in one process's life old events are read; nothing else hangs on it. */
    private static final int MOST_FORMER = 16;

    private final EncryptionState state;
    private final EncryptionConfiguration former;

    private SealingKeys(EncryptionState state, EncryptionConfiguration former) {
        this.state = state;
        this.former = former;
    }

    static SealingKeys of(EncryptionState state) {
        return new SealingKeys(state, EncryptionConfiguration.NONE);
    }

    EncryptionState state() {
        return state;
    }

    /** The cluster has agreed on others. */
    SealingKeys followedBy(EncryptionState next) {
        List<NamedKey> kept = new ArrayList<>();
        state.configuration().keys().stream()
                .filter(key -> next.configuration().keys().stream()
                        .noneMatch(other -> other.prefix().equals(key.prefix())))
                .forEach(kept::add);
        former.keys().stream().limit(MOST_FORMER).forEach(kept::add);
        return new SealingKeys(next, new EncryptionConfiguration(true, kept));
    }

    /** As the cluster writes now. */
    Bytes seal(Bytes value, RandomGenerator chance) {
        if (!state.configuration().isOn()) {
            return value;
        }
        NamedKey by = state.configuration().keys().getFirst();
        return Bytes.utf8(by.prefix()).concat(Bytes.wrap(by.cipher().encrypt(value.toByteArray(), chance)));
    }

    /** Whether there is a key for a value that is encrypted. */
    boolean canOpen(Bytes stored) {
        return keyOf(stored).isPresent();
    }

    private Optional<NamedKey> keyOf(Bytes stored) {
        return state.configuration().keyOf(stored).or(() -> former.keyOf(stored));
    }

    /** As it is when it was never encrypted; empty when no key fits. */
    Optional<Bytes> open(Bytes stored) {
        if (!EncryptionConfiguration.isEncrypted(stored)) {
            return Optional.of(stored);
        }
        Optional<NamedKey> by = keyOf(stored);
        if (by.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] encrypted =
                    stored.slice(by.get().prefix().length(), stored.length()).toByteArray();
            return Optional.of(Bytes.wrap(by.get().cipher().decrypt(encrypted)));
        } catch (PkiException e) {
            LOG.atError()
                    .addKeyValue("key", by.get())
                    .addKeyValue("why", e.getMessage())
                    .log("a Secret cannot be decrypted");
            return Optional.empty();
        }
    }
}
