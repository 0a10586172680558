package io.kvorum.node;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The further names of the API's certificate, shared by all servers: whoever reaches the cluster by a load balancer may
 * come to any of them. Kept in the store; a virtual thread looks for new ones, any thread may tell of one.
 */
final class SharedNames implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedNames.class);
    private static final String PREFIX = "/kvorum/serving-names/";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final Store store;
    private final ServingCertificate certificate;
    private final CountDownLatch closing = new CountDownLatch(1);

    SharedNames(Store store, ServingCertificate certificate) {
        this.store = store;
        this.certificate = certificate;
        Thread.ofVirtual().name("serving-names").start(this::run);
    }

    private void run() {
        try {
            do {
                look();
            } while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            var all = new Operation.Range(KeyRange.prefix(Key.of(PREFIX)));
            store.range(all, Consistency.SERIALIZABLE)
                    .answer()
                    .items()
                    .forEach(item -> certificate.learn(item.key().bytes().utf8().substring(PREFIX.length())));
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("further names of the API are not known now");
        }
    }

    /** Somebody with a valid token came by this name or address. */
    void tell(String host) {
        if (!certificate.learn(host)) {
            return;
        }
        Key key = Key.of(PREFIX + host);
        try {
            store.txn(new Operation.Txn(
                    List.of(Compare.isMissing(key)), List.of(new Operation.Put(key, Bytes.EMPTY)), List.of()));
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("the other servers do not hear of a name now");
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
