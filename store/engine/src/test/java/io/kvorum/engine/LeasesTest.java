package io.kvorum.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.Leadership;
import io.kvorum.raft.ReplicatedLog;
import io.kvorum.raft.SingleMemberLog;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    private static final LeaseId LEASE = new LeaseId(7);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final AtomicLong time = new AtomicLong(1);
    private EmbeddedStore store;

    @BeforeEach
    void open() {
        store = EmbeddedStore.open(EngineConfig.in(folder), new SingleMemberLog(), InstantSource.system(), time::get);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aLeaseThatRunsOutTakesItsKeysAlong() {
        store.leases().grant(LEASE, 30, Allowance.ANYONE);
        put("a");
        assertThat(store.leases().state(LEASE).keys()).containsExactly(Key.of("a"));

        // A lease that was there when this member began to lead has a moment more.
        pass(Duration.ofSeconds(40));

        await(() -> store.leases().all().isEmpty());
        assertThat(isThere("a")).isFalse();
    }

    @Test
    void aRenewedLeaseHasItsWholeTimeAgain() {
        store.leases().grant(LEASE, 30, Allowance.ANYONE);
        pass(Duration.ofSeconds(25));
        assertThat(store.leases().keepAlive(LEASE)).isEqualTo(30);
        assertThat(store.leases().state(LEASE).remainingSeconds()).isEqualTo(30);
    }

    /** As in etcd, which K3s's heartbeats and elections make eight seconds. */
    @Test
    void aLeaseLivesAtLeastOneAndAHalfElections() {
        store.close();
        store = EmbeddedStore.open(
                EngineConfig.in(folder), electing(Duration.ofSeconds(5)), InstantSource.system(), time::get);

        assertThat(store.leases().grant(LEASE, 1, Allowance.ANYONE)).isEqualTo(8);
        assertThat(store.leases().grant(new LeaseId(8), 9, Allowance.ANYONE)).isEqualTo(9);
    }

    @Test
    void aNewLeaderNeverShortensALease() {
        store.leases().grant(LEASE, 30, Allowance.ANYONE);
        pass(Duration.ofSeconds(25));

        store.close();
        open();

        await(() -> store.leases().state(LEASE).remainingSeconds() >= 30);
        assertThat(store.leases().state(LEASE).grantedSeconds()).isEqualTo(30);
    }

    @Test
    void aLongLeasesRestIsWrittenDownSoThatANewLeaderDoesNotStartItAnew() {
        store.leases().grant(LEASE, 3600, Allowance.ANYONE);
        pass(Duration.ofSeconds(1000));
        await(() -> store.leases().state(LEASE).remainingSeconds() == 2600 && checkpointed() == 2600);

        store.close();
        open();

        await(() -> store.leases().state(LEASE).remainingSeconds() == 2602);
        assertThat(store.leases().keepAlive(LEASE)).isEqualTo(3600);
        assertThat(checkpointed()).isZero();
    }

    private long checkpointed() {
        return store.leasesNow().getFirst().remainingSeconds();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> store.leases().keepAlive(LEASE)).isInstanceOf(StoreException.LeaseNotFound.class);
        assertThatThrownBy(() -> store.leases().state(LEASE)).isInstanceOf(StoreException.LeaseNotFound.class);
        assertThatThrownBy(() -> store.leases().revoke(LEASE, Allowance.ANYONE))
                .isInstanceOf(StoreException.LeaseNotFound.class);
    }

    @Test
    void aMemberThatLostTheLeadBeforeItHeardSoRenewsThroughTheLog() {
        store.close();
        store = EmbeddedStore.open(EngineConfig.in(folder), losingItsLead(), InstantSource.system(), time::get);
        store.leases().grant(LEASE, 30, Allowance.ANYONE);
        await(() -> store.leases().state(LEASE).remainingSeconds() >= 30);

        assertThat(store.leases().keepAlive(LEASE)).isEqualTo(30);

        assertThat(store.leasesNow().getFirst().renewals()).isEqualTo(1);
    }

    /** The read barrier is when the log learns that another leads; it tells nobody yet. */
    private static ReplicatedLog losingItsLead() {
        ReplicatedLog log = new SingleMemberLog();
        var leads = new AtomicBoolean(true);
        return (ReplicatedLog) Proxy.newProxyInstance(
                LeasesTest.class.getClassLoader(), new Class<?>[] {ReplicatedLog.class}, (_, method, arguments) -> {
                    if (method.getName().equals("readBarrier")) {
                        leads.set(false);
                    }
                    return method.getName().equals("leadership") && !leads.get()
                            ? new Leadership(2, null, false)
                            : method.invoke(log, arguments);
                });
    }

    private static ReplicatedLog electing(Duration timeout) {
        ReplicatedLog log = new SingleMemberLog();
        return (ReplicatedLog) Proxy.newProxyInstance(
                LeasesTest.class.getClassLoader(),
                new Class<?>[] {ReplicatedLog.class},
                (_, method, arguments) ->
                        method.getName().equals("electionTimeout") ? timeout : method.invoke(log, arguments));
    }

    private void put(String key) {
        store.txn(StoreScript.txn(new Operation.Put(Key.of(key), Bytes.utf8("1"), LEASE, false, false, false)));
    }

    private boolean isThere(String key) {
        Operation.Range range = new Operation.Range(KeyRange.single(Key.of(key)));
        return !store.range(range, Consistency.LINEARIZABLE).answer().items().isEmpty();
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
