package io.kvorum.node;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.pki.BootstrapCipher;
import io.kvorum.supervisor.BootstrapFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cluster's keys in the store, encrypted under the server token, so that a snapshot and the token are all that a
 * restore needs. Writes them once, on a virtual thread of its own, as soon as the store takes writes.
 */
final class BootstrapInStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootstrapInStore.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Store store;
    private final BootstrapFiles files;
    private final Supplier<String> password;
    private final CountDownLatch closing = new CountDownLatch(1);

    BootstrapInStore(Store store, BootstrapFiles files, Supplier<String> password) {
        this.store = store;
        this.files = files;
        this.password = password;
        Thread.ofVirtual().name("bootstrap-data").start(this::run);
    }

    private void run() {
        try {
            while (!isWritten() && !closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                // tried again
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atError().setCause(e).log("the cluster's keys cannot be read, so snapshots will lack them");
        }
    }

    private boolean isWritten() throws IOException {
        String secret = password.get();
        Key key = Key.of(BootstrapCipher.storageKey(secret));
        try {
            List<Key> present = keys();
            if (!present.isEmpty()) {
                warnUnless(present.contains(key));
                return true;
            }
            store.txn(new Operation.Txn(
                    List.of(Compare.isMissing(key)),
                    List.of(new Operation.Put(key, Bytes.utf8(BootstrapCipher.encrypt(secret, files.read())))),
                    List.of()));
            return true;
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("bootstrap data not written, trying again");
            return false;
        }
    }

    private List<Key> keys() {
        var range = new Operation.Range(KeyRange.prefix(Key.of("/bootstrap/")));
        return store.range(range, Consistency.LINEARIZABLE).answer().items().stream()
                .map(KeyValue::key)
                .toList();
    }

    private static void warnUnless(boolean isOurs) {
        if (!isOurs) {
            LOG.atWarn()
                    .log("the server token was rotated while this server was off; "
                            + "copy server/token from another server and restart");
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
