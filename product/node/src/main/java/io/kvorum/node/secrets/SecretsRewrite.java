package io.kvorum.node.secrets;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes every Secret in the store anew that does not stand there as it would be written now, one after the other, each only
 * if nobody wrote it in between. It goes past the API, which would not write what has not changed. May be broken off anywhere
 * and run again. One thread at a time.
 */
final class SecretsRewrite {
    private static final Logger LOG = LoggerFactory.getLogger(SecretsRewrite.class);
    /** Of names; the values are read one by one, since each may be a megabyte. */
    private static final long PAGE = 500;

    private static final int SAY_EVERY = 1000;
    private static final int TRIES = 50;

    private final Store store;
    private final SecretsAtRest secrets;
    private final BooleanSupplier isStopping;
    private long written;
    private long closed;
    private String firstClosed = "";

    SecretsRewrite(Store store, SecretsAtRest secrets, BooleanSupplier isStopping) {
        this.store = store;
        this.secrets = secrets;
        this.isStopping = isStopping;
    }

    /**
     * From the barrier on every write by others is as it should be, for they compare the agreement: so one pass finds all,
     * and the next one proves it.
     *
     * @return how many were written
     * @throws ChangeRefused when the agreement is another meanwhile, or a Secret cannot be decrypted
     */
    long run(EncryptionState by) {
        store.readBarrier();
        long before;
        do {
            before = written;
            closed = 0;
            pass(by);
        } while (written != before);
        if (closed > 0) {
            throw new ChangeRefused(
                    ("%d Secrets cannot be decrypted by any key of this cluster, such as %s; no key was dropped."
                                    + " Delete what is lost, then run this again")
                            .formatted(closed, firstClosed));
        }
        LOG.atInfo().addKeyValue("count", written).log("Secrets are written anew");
        return written;
    }

    private void pass(EncryptionState by) {
        Bytes end = Objects.requireNonNull(
                KeyRange.prefix(new Key(SecretsAtRest.SECRETS)).end());
        Bytes from = SecretsAtRest.SECRETS;
        while (true) {
            List<KeyValue> page = store.range(names(KeyRange.between(from, end)), Consistency.SERIALIZABLE)
                    .answer()
                    .items();
            page.forEach(item -> rewrite(item.key(), by));
            if (page.size() < PAGE) {
                return;
            }
            from = page.getLast().key().bytes().concat(Bytes.wrap(new byte[] {0}));
        }
    }

    private static Operation.Range names(KeyRange range) {
        return new Operation.Range(
                range,
                Revision.ZERO,
                PAGE,
                Operation.SortOrder.NONE,
                Operation.SortTarget.KEY,
                true,
                false,
                Operation.RevisionFilter.NONE);
    }

    private void rewrite(Key key, EncryptionState by) {
        for (int tries = 1; tries <= TRIES; tries++) {
            if (isStopping.getAsBoolean()) {
                throw new ChangeRefused("this server stops; run this again");
            }
            Optional<KeyValue> found = find(key);
            if (found.isEmpty() || by.configuration().isUpToDate(found.get().value())) {
                return;
            }
            Optional<Bytes> plain = secrets.opened(found.get().value());
            if (plain.isEmpty()) {
                closed++;
                firstClosed = key.toString();
                return;
            }
            if (replace(found.get(), secrets.sealed(plain.get()), by)) {
                if (++written % SAY_EVERY == 0) {
                    LOG.atInfo().addKeyValue("count", written).log("Secrets are being written anew");
                }
                return;
            }
            if (!by.revision().equals(secrets.state().revision())) {
                throw new ChangeRefused(
                        "the keys of Secrets were changed by somebody else meanwhile; look at the status");
            }
        }
        throw new ChangeRefused("%s is being written all the time; run this again".formatted(key));
    }

    private Optional<KeyValue> find(Key key) {
        return store
                .range(new Operation.Range(KeyRange.single(key)), Consistency.SERIALIZABLE)
                .answer()
                .items()
                .stream()
                .findFirst();
    }

    private boolean replace(KeyValue found, Bytes value, EncryptionState by) {
        var answered = store.txn(new Operation.Txn(
                List.of(Compare.isModifiedAt(found.key(), found.modified()), SecretsAtRest.isInForce(by)),
                List.of(new Operation.Put(found.key(), value)),
                List.of()));
        if (!answered.answer().succeeded()) {
            secrets.look(Consistency.LINEARIZABLE);
        }
        return answered.answer().succeeded();
    }
}
