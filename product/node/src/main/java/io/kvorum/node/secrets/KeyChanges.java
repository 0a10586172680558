package io.kvorum.node.secrets;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.node.secrets.EncryptionConfiguration.NamedKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the keys of a cluster's Secrets, in an order in which every Secret can be read whatever ends where:
 *
 * <pre>
 *  start ──new key reads──► prepare ──it writes──► rotate ──► reencrypt_active ──old key is dropped──► reencrypt_finished
 *            all servers must have it ┘    all must know it ┘   every Secret is written anew ┘
 * </pre>
 *
 * Every step is one transaction, after which a command goes on where another, or a server that is gone, ended. Any thread;
 * one change at a time on this server, and others elsewhere are noticed.
 */
final class KeyChanges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyChanges.class);
    private static final Set<RotationStage> MAY_REENCRYPT =
            EnumSet.of(RotationStage.ROTATE, RotationStage.REENCRYPT_REQUEST, RotationStage.REENCRYPT_ACTIVE);

    private final Store store;
    private final SecretsAtRest secrets;
    private final ServerReports servers;
    private final Optional<EncryptionConfiguration.Provider> wanted;
    private final Duration patience;
    private final InstantSource clock;
    private final RandomGenerator chance;
    private final Semaphore turn = new Semaphore(1);
    private volatile boolean isClosed;

    /**
     * @param wanted of new keys; empty for that of the present key
     * @param patience with servers that have not got a change
     */
    KeyChanges(
            Store store,
            SecretsAtRest secrets,
            ServerReports servers,
            Optional<EncryptionConfiguration.Provider> wanted,
            Duration patience,
            InstantSource clock,
            RandomGenerator chance) {
        this.store = store;
        this.secrets = secrets;
        this.servers = servers;
        this.wanted = wanted;
        this.patience = patience;
        this.clock = clock;
        this.chance = chance;
    }

    /** Adds a key that reads. */
    void prepare(boolean isForced) {
        inTurn(() -> {
            EncryptionState now = encrypting();
            if (!isForced && !now.stage().isAtRest()) {
                throw wrongStage(now);
            }
            addKey(now, isForced);
        });
    }

    /** Makes the key that was added last the one that writes. */
    void rotate(boolean isForced) {
        inTurn(() -> {
            EncryptionState now = encrypting();
            if (!isForced && now.stage() != RotationStage.PREPARE) {
                throw wrongStage(now);
            }
            turnKeys(now, isForced);
        });
    }

    /**
     * Begins to write every Secret anew, and goes on in the background.
     *
     * @param keepsKeys whether the other keys stay, and the stage
     */
    void reencrypt(boolean isForced, boolean keepsKeys) {
        takeTurn();
        boolean isBegun = false;
        try {
            EncryptionState now = current();
            requireKeys(now);
            if (!isForced && !MAY_REENCRYPT.contains(now.stage())) {
                throw wrongStage(now);
            }
            EncryptionState active = beginRewriting(now, isForced);
            Thread.ofVirtual().name("secrets-reencryption").start(() -> finishInBackground(active, keepsKeys));
            isBegun = true;
        } finally {
            if (!isBegun) {
                turn.release();
            }
        }
    }

    private void finishInBackground(EncryptionState active, boolean keepsKeys) {
        try {
            finish(active, keepsKeys || !active.configuration().isOn());
            servers.settle(secrets.state(), patience);
        } catch (ChangeRefused | StoreException e) {
            LOG.atError()
                    .addKeyValue("reason", e.getMessage())
                    .log("Secrets were not all written anew; run secrets-encrypt reencrypt again");
        } finally {
            turn.release();
        }
    }

    /** All of it, or what is left of it. */
    void rotateKeys() {
        inTurn(() -> {
            EncryptionState now = encrypting();
            if (now.stage() == RotationStage.REENCRYPT_ACTIVE && now.before().isAtRest()) {
                now = secrets.change(now, now.configuration(), now.before(), now.before());
            }
            if (now.stage().isAtRest()) {
                now = addKey(now, false);
            }
            if (now.stage() == RotationStage.PREPARE) {
                now = turnKeys(now, false);
            }
            finish(beginRewriting(now, false), false);
        });
    }

    /** From now on Secrets are encrypted, and those that are there as well. A cluster without a key gets its first one. */
    void enable() {
        inTurn(() -> {
            EncryptionState now = notRotating();
            if (now.configuration().keys().isEmpty()) {
                EncryptionConfiguration first =
                        EncryptionConfiguration.first(wanted.orElse(EncryptionConfiguration.Provider.AESCBC), chance);
                now = secrets.change(now, first.writingPlain(true), now.stage(), now.before());
            }
            switchTo(now, false);
        });
    }

    /** From now on Secrets stand in the store as they are, and those that are there as well. The keys stay. */
    void disable() {
        inTurn(() -> {
            EncryptionState now = notRotating();
            requireKeys(now);
            switchTo(now, true);
        });
    }

    private void switchTo(EncryptionState now, boolean writesPlain) {
        servers.await(now, patience);
        EncryptionState active = secrets.change(
                now, now.configuration().writingPlain(writesPlain), RotationStage.REENCRYPT_ACTIVE, now.before());
        finish(active, true);
    }

    private EncryptionState addKey(EncryptionState now, boolean isForced) {
        awaitServers(now, isForced);
        NamedKey present = now.configuration().keys().getFirst();
        EncryptionConfiguration more =
                now.configuration().prepared(wanted.orElse(present.provider()), clock.instant(), chance);
        return secrets.change(now, more, RotationStage.PREPARE, RotationStage.PREPARE);
    }

    private EncryptionState turnKeys(EncryptionState now, boolean isForced) {
        awaitServers(now, isForced);
        return secrets.change(now, now.configuration().rotated(), RotationStage.ROTATE, RotationStage.ROTATE);
    }

    private EncryptionState beginRewriting(EncryptionState now, boolean isForced) {
        awaitServers(now, isForced);
        return secrets.change(now, now.configuration(), RotationStage.REENCRYPT_ACTIVE, now.before());
    }

    private void finish(EncryptionState active, boolean keepsKeys) {
        new SecretsRewrite(store, secrets, () -> isClosed).run(active);
        if (keepsKeys) {
            secrets.change(active, active.configuration(), active.before(), active.before());
        } else {
            RotationStage end = RotationStage.REENCRYPT_FINISHED;
            secrets.change(active, active.configuration().withoutOthers(), end, end);
        }
    }

    private void awaitServers(EncryptionState now, boolean isForced) {
        if (!isForced) {
            servers.await(now, patience);
        }
    }

    private EncryptionState current() {
        if (secrets.look(Consistency.LINEARIZABLE) == SecretsAtRest.Look.SEALED) {
            throw new ChangeRefused("this server has not got the cluster's keys, since its token does not open them;"
                    + " copy server/token from another server and restart this one");
        }
        return secrets.state();
    }

    private EncryptionState encrypting() {
        EncryptionState now = current();
        requireKeys(now);
        if (!now.configuration().isOn()) {
            throw new ChangeRefused("Secrets are not encrypted now; run secrets-encrypt enable first");
        }
        return now;
    }

    private EncryptionState notRotating() {
        EncryptionState now = current();
        if (!now.before().isAtRest()) {
            throw new ChangeRefused(
                    "keys are being rotated (stage %s); finish it by secrets-encrypt rotate-keys, then run this again"
                            .formatted(now.stage().word()));
        }
        return now;
    }

    private static void requireKeys(EncryptionState now) {
        if (now.configuration().keys().isEmpty()) {
            throw new ChangeRefused("this cluster has no key for Secrets; run secrets-encrypt enable first");
        }
    }

    /** In K3s's words. */
    private ChangeRefused wrongStage(EncryptionState now) {
        return new ChangeRefused(
                "incorrect stage: %s found on node %s".formatted(now.stage().word(), servers.node()));
    }

    private void inTurn(Runnable change) {
        takeTurn();
        try {
            change.run();
            servers.settle(secrets.state(), patience);
        } finally {
            turn.release();
        }
    }

    private void takeTurn() {
        if (isClosed || !turn.tryAcquire()) {
            throw new ChangeRefused(
                    "another change of the keys of Secrets is under way on this server; look at the status");
        }
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
