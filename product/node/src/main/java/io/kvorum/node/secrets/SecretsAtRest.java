package io.kvorum.node.secrets;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.node.StartFailure;
import io.kvorum.registry.ValueSeal;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encrypts Secrets on their way into the store by the key that the cluster's servers agreed on, and decrypts what any of
 * their keys encrypted. Any thread.
 *
 * <p>The agreement is a key of the store, beside the bootstrap data, which hold the configuration itself; both are written in
 * one transaction. Every write of a Secret compares that key, so that a server that has not heard of a change cannot write by
 * a key that the others have left; and what a replica holds, it can read by the agreement that the same replica holds.
 */
public final class SecretsAtRest implements ValueSeal {
    static final Bytes SECRETS = Bytes.utf8("/registry/secrets/");

    private static final Logger LOG = LoggerFactory.getLogger(SecretsAtRest.class);
    /** {@code {"stage": "rotate", "before": "rotate", "hash": <SHA-256 of the configuration>}} */
    private static final Key AGREEMENT = Key.of("/kvorum/secrets-encryption");

    private static final int LOOK_TRIES = 20;

    private final Store store;
    private final EncryptionFiles files;
    private final Supplier<String> password;
    private final InstantSource clock;
    private final RandomGenerator chance;
    /** Files are written in the order of the agreements. */
    private final ReentrantLock adopting = new ReentrantLock();

    private volatile SealingKeys keys;
    /** What the disk holds. */
    private volatile EncryptionState onDisk;

    /** @param password of the server token, which opens the bootstrap data */
    SecretsAtRest(
            Store store,
            EncryptionFiles files,
            EncryptionState onDisk,
            Supplier<String> password,
            InstantSource clock,
            RandomGenerator chance) {
        this.store = store;
        this.files = files;
        this.password = password;
        this.clock = clock;
        this.chance = chance;
        this.onDisk = onDisk;
        this.keys = SealingKeys.of(onDisk);
    }

    /** What this server goes by. */
    EncryptionState state() {
        return keys.state();
    }

    EncryptionState stateOnDisk() {
        return onDisk;
    }

    @Override
    public Sealed seal(Key key, Bytes value) {
        if (!key.bytes().startsWith(SECRETS)) {
            return new Sealed(value, List.of());
        }
        SealingKeys by = keys;
        return new Sealed(by.seal(value, chance), List.of(isInForce(by.state())));
    }

    /** Holds in the store while the agreement is this one. */
    static Compare isInForce(EncryptionState state) {
        return Compare.isModifiedAt(AGREEMENT, state.revision());
    }

    @Override
    public boolean isOutdated(Sealed written) {
        look(Consistency.LINEARIZABLE);
        return !written.compares().equals(List.of(isInForce(state())));
    }

    @Override
    public Bytes open(Bytes stored) {
        if (!EncryptionConfiguration.isEncrypted(stored)) {
            return stored;
        }
        if (!keys.canOpen(stored)) {
            try {
                look(Consistency.SERIALIZABLE); // it came from this replica, which holds the key's agreement then
            } catch (StoreException e) {
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("cannot look for the key of a Secret");
            }
        }
        return keys.open(stored).orElse(stored);
    }

    /**
     * At a server's start, before it serves anything: the cluster may have other keys than this disk.
     *
     * @throws StartFailure when it has, and they cannot be opened
     */
    void catchUp() {
        Look found;
        try {
            found = look(Consistency.LINEARIZABLE);
        } catch (StoreException e) { // what this replica holds can be read by what it holds of the agreement
            found = look(Consistency.SERIALIZABLE);
        }
        if (found == Look.SEALED) {
            throw new StartFailure("the keys of Secrets were changed while this server was off, and the server token as"
                    + " well; copy server/token from another server, and start again");
        }
    }

    /** What a look at the agreement brought. */
    enum Look {
        KNOWN,
        NEWS,
        /** It is news that the server token does not open. */
        SEALED
    }

    /** Goes by what the store holds now. */
    Look look(Consistency consistency) {
        for (int tries = 1; tries <= LOOK_TRIES; tries++) {
            Optional<KeyValue> agreement = agreement(consistency);
            if (agreement.isEmpty() || agreement.get().modified().equals(state().revision())) {
                return Look.KNOWN;
            }
            Optional<EncryptionState> news = stateOf(agreement.get());
            boolean isWhole = agreement(Consistency.SERIALIZABLE)
                    .filter(again -> again.modified().equals(agreement.get().modified()))
                    .isPresent();
            if (isWhole && news.isPresent()) {
                adopt(news.get());
                return Look.NEWS;
            }
            if (isWhole) {
                return Look.SEALED;
            }
        }
        throw new ChangeRefused("the keys of Secrets change all the time; try again");
    }

    private Optional<KeyValue> agreement(Consistency consistency) {
        return store.range(new Operation.Range(KeyRange.single(AGREEMENT)), consistency).answer().items().stream()
                .findFirst();
    }

    private Optional<EncryptionState> stateOf(KeyValue agreement) {
        JsonNode read = JsonMapper.shared().readTree(agreement.value().toByteArray());
        RotationStage stage = stage(read, "stage");
        RotationStage before = stage(read, "before");
        EncryptionState present = state();
        if (read.path("hash").asString("").equals(present.hash())) {
            return Optional.of(
                    new EncryptionState(present.configuration(), present.text(), stage, before, agreement.modified()));
        }
        return BootstrapRecord.read(store, password.get(), Consistency.SERIALIZABLE)
                .flatMap(BootstrapRecord::encryption)
                .map(text -> EncryptionState.of(text, stage, before, agreement.modified()));
    }

    private static RotationStage stage(JsonNode agreement, String name) {
        return RotationStage.ofWord(agreement.path(name).asString("")).orElse(RotationStage.START);
    }

    private void adopt(EncryptionState news) {
        adopting.lock();
        try {
            if (!state().revision().isBefore(news.revision())) {
                return;
            }
            EncryptionState present = state();
            keys = keys.followedBy(news); // first: values by a new key may be here already
            if (!news.hash().equals(present.hash()) || news.stage() != present.stage()) {
                LOG.atInfo()
                        .addKeyValue("stage", news.stage().word())
                        .addKeyValue("writes", news.configuration().writer())
                        .addKeyValue("keys", news.configuration().keys())
                        .log("this server goes by the cluster's changed keys of Secrets");
            }
            write(news);
        } finally {
            adopting.unlock();
        }
    }

    /** What could not be written when it was agreed on is tried again. */
    void catchUpOnDisk() {
        adopting.lock();
        try {
            if (!onDisk.revision().equals(state().revision())) {
                write(state());
            }
        } finally {
            adopting.unlock();
        }
    }

    private void write(EncryptionState state) {
        try {
            if (!state.text().equals(onDisk.text()) || !state.mark().equals(onDisk.mark())) {
                files.write(state);
            }
            onDisk = state;
        } catch (UncheckedIOException e) {
            LOG.atError().setCause(e).log("the keys of Secrets cannot be written to this server's disk, trying again");
        }
    }

    /**
     * Makes other keys or another stage the agreement, if it is still the one given.
     *
     * @return as every server finds it now
     * @throws ChangeRefused when another was agreed on meanwhile
     */
    EncryptionState change(
            EncryptionState from, EncryptionConfiguration configuration, RotationStage stage, RotationStage before) {
        String text = configuration.equals(from.configuration()) ? from.text() : configuration.json();
        var next = new EncryptionState(configuration, text, stage, before, Revision.ZERO);
        String secret = password.get();
        BootstrapRecord record = BootstrapRecord.read(store, secret, Consistency.LINEARIZABLE)
                .orElseThrow(() -> new ChangeRefused(
                        "the cluster's keys are not in the store yet, or not under this server's token; try again"));
        record.setEncryption(next, clock.instant().toString());
        String agreed = JsonMapper.shared()
                .createObjectNode()
                .put("stage", stage.word())
                .put("before", before.word())
                .put("hash", next.hash())
                .toString();
        List<Operation> acts =
                new ArrayList<>(List.of(record.put(secret), new Operation.Put(AGREEMENT, Bytes.utf8(agreed))));
        var answered = store.txn(new Operation.Txn(List.of(isInForce(from), record.isUnchanged()), acts, List.of()));
        look(Consistency.LINEARIZABLE);
        if (!answered.answer().succeeded() || !state().revision().equals(answered.revision())) {
            throw new ChangeRefused("the keys of Secrets were changed by somebody else meanwhile; look at the status");
        }
        return state();
    }

    Bytes sealed(Bytes value) {
        return keys.seal(value, chance);
    }

    /** Empty when it is encrypted by a key that nobody here has. */
    Optional<Bytes> opened(Bytes stored) {
        return keys.open(stored);
    }
}
