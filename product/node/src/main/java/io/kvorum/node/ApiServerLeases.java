package io.kvorum.node;

import io.kvorum.engine.Allowance;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which API servers run now: each keeps a key with its address under a lease in the store, where Kubernetes' own API servers
 * keep theirs; a dead one's goes by itself. The renewing is done on a virtual thread; any thread may ask.
 */
final class ApiServerLeases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServerLeases.class);
    private static final String PREFIX = "/registry/masterleases/";
    private static final long TTL_SECONDS = 15;
    private static final Duration RENEW_EVERY = Duration.ofSeconds(5);

    private final EmbeddedStore store;
    private final String address;
    private final LeaseId lease;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** A lease may have been granted while the key that it is for could not be written. */
    private boolean isAnnounced;

    ApiServerLeases(EmbeddedStore store, String address, RandomGenerator chance) {
        this.store = store;
        this.address = address;
        this.lease = new LeaseId(chance.nextLong(1, Long.MAX_VALUE));
        Thread.ofVirtual().name("api-server-lease").start(this::run);
    }

    private void run() {
        try {
            do {
                renew();
            } while (!closing.await(RENEW_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        try {
            try {
                store.leases().keepAlive(lease);
            } catch (StoreException.LeaseNotFound none) {
                isAnnounced = false;
                store.leases().grant(lease, TTL_SECONDS, Allowance.ANYONE);
            }
            if (!isAnnounced) {
                var put =
                        new Operation.Put(Key.of(PREFIX + address), Bytes.utf8(document()), lease, false, false, false);
                store.txn(new Operation.Txn(List.of(), List.of(put), List.of()));
                isAnnounced = true;
            }
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("this API server's lease is not renewed now");
        }
    }

    private String document() {
        return """
                {"kind":"Endpoints","apiVersion":"v1","metadata":{},"subsets":[{"addresses":[{"ip":"%s"}]}]}""".formatted(address);
    }

    /** This server's own address is always among them. */
    List<String> addresses() {
        var range = new Operation.Range(KeyRange.prefix(Key.of(PREFIX)));
        try {
            List<String> found = store.range(range, Consistency.SERIALIZABLE).answer().items().stream()
                    .map(item -> item.key().bytes().utf8().substring(PREFIX.length()))
                    .toList();
            return found.contains(address)
                    ? found
                    : java.util.stream.Stream.concat(found.stream(), java.util.stream.Stream.of(address))
                            .toList();
        } catch (StoreException e) {
            return List.of(address);
        }
    }

    /** An orderly end takes the address away at once. */
    @Override
    public void close() {
        closing.countDown();
        try {
            store.leases().revoke(lease, Allowance.ANYONE);
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("this API server's lease runs out by itself");
        }
    }
}
