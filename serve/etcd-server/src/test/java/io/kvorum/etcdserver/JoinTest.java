package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.engine.ClusterMember;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.EngineConfig;
import io.kvorum.engine.StoreException;
import io.kvorum.jraft.JRaftLog;
import io.kvorum.jraft.JRaftLogConfig;
import io.kvorum.jraft.PeerSecurity;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.Member;
import io.kvorum.raft.MemberId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that come and go, over the real log, without etcd's wire. */
class JoinTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGE = 1 << 20;

    @TempDir
    private Path folder;

    private final List<EmbeddedStore> stores = new ArrayList<>();

    @AfterEach
    void stop() {
        stores.reversed().forEach(EmbeddedStore::close);
    }

    private EmbeddedStore open(Member self, List<Member> initial) {
        Path own = folder.resolve(self.id().toString());
        JRaftLogConfig config = new JRaftLogConfig(
                own.resolve("raft"),
                self.id(),
                self.peerAddress(),
                self.peerAddress(),
                initial,
                JRaftLogConfig.Timings.DEFAULT,
                20,
                new PeerSecurity.PlainOnLoopback(),
                JRaftLogConfig.Limits.DEFAULT);
        EmbeddedStore store = EmbeddedStore.open(
                EngineConfig.in(own.resolve("state")), JRaftLog.open(config), InstantSource.system());
        stores.add(store);
        return store;
    }

    private static Member member(long id) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Side.freePort());
        return new Member(new MemberId(id), address, false);
    }

    private static List<String> urls(Member member) {
        return List.of("https://127.0.0.1:" + member.peerAddress().getPort());
    }

    private EmbeddedStore first(Member self) {
        EmbeddedStore store = open(self, List.of(self));
        await(() -> store.leadership().isSelf());
        return store;
    }

    private static void put(EmbeddedStore store, String key, Bytes value) {
        Operation.Put put = new Operation.Put(Key.of(key), value);
        store.txn(new Operation.Txn(List.of(), List.of(put), List.of()));
    }

    @Test
    void aMemberJoinsALargeClusterUnderLoadAndGetsItsVoteAtOnce() throws InterruptedException {
        Member one = member(1);
        EmbeddedStore first = first(one);
        byte[] value = new byte[LARGE];
        new Random(1).nextBytes(value);
        for (int i = 0; i < 100; i++) {
            put(first, "large-" + i, Bytes.copyOf(value));
        }
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        Thread load = Thread.ofVirtual().start(() -> {
            while (!isOver.get()) {
                put(first, "small-" + written.get() % 100, Bytes.utf8("value " + written.incrementAndGet()));
            }
        });
        await(() -> written.get() > 100);

        Member two = member(2);
        EmbeddedStore second = open(two, List.of());
        ClusterMember added = first.members().add(two.id(), urls(two), false);
        assertThat(added.isLearner()).isFalse();
        assertThat(second.members().awaitVote(two.id(), PATIENCE)).isTrue();
        second.members().describeSelf("two", urls(two), List.of("https://127.0.0.1:2379"));
        isOver.set(true);
        load.join();

        assertThat(second.range(range("large-99"), Consistency.LINEARIZABLE)
                        .answer()
                        .count())
                .isEqualTo(1);
        assertThat(second.upkeep().hashHistory(Revision.ZERO).hash())
                .isEqualTo(first.upkeep().hashHistory(Revision.ZERO).hash());
        assertThat(first.members().all())
                .extracting(ClusterMember::name, ClusterMember::isLearner)
                .contains(org.assertj.core.groups.Tuple.tuple("two", false));
        assertThat(first.checkHistories()).isEmpty();
        assertThat(first.upkeep().alarms()).isEmpty();
    }

    @Test
    void aRemovedMemberServesNotEvenReads() {
        EmbeddedStore first = first(member(1));
        Member two = member(2);
        EmbeddedStore second = open(two, List.of());
        first.members().add(two.id(), urls(two), false);
        put(first, "a", Bytes.utf8("1"));
        assertThat(second.members().awaitVote(two.id(), PATIENCE)).isTrue();
        first.members().remove(two.id());
        await(() -> second.stopReason().isPresent());
        assertThat(second.stopReason().orElseThrow()).contains("was removed from its cluster");
        assertThatThrownBy(() -> second.range(range("a"), Consistency.SERIALIZABLE))
                .isInstanceOf(StoreException.Stopped.class)
                .hasMessageContaining("was removed from its cluster");
        put(first, "a", Bytes.utf8("2"));
    }

    @Test
    void disasterRecoveryLeavesOneMemberOfANewCluster() {
        Member one = member(1);
        EmbeddedStore first = first(one);
        Member two = member(2);
        EmbeddedStore second = open(two, List.of());
        first.members().add(two.id(), urls(two), false);
        put(first, "a", Bytes.utf8("1"));
        assertThat(second.members().awaitVote(two.id(), PATIENCE)).isTrue();
        second.close();
        stores.remove(second);
        await(() -> first.leadership().leader() == null);
        first.members().resetToSelf(99, PATIENCE);
        put(first, "a", Bytes.utf8("2"));
        assertThat(first.members().all()).extracting(ClusterMember::id).containsExactly(one.id());
    }

    @Test
    void aMemberThatIsToVoteButHasNotStartedCostsNoMajority() {
        Member one = member(1);
        EmbeddedStore first = first(one);
        Member two = member(2);
        first.members().add(two.id(), urls(two), false);
        put(first, "a", Bytes.utf8("1"));
        assertThat(first.members().all())
                .extracting(ClusterMember::name, ClusterMember::isLearner)
                .contains(org.assertj.core.groups.Tuple.tuple("", false));
        assertThat(first.members().progress(two.id())).isEmpty();

        EmbeddedStore second = open(two, List.of());
        assertThat(second.members().awaitVote(two.id(), PATIENCE)).isTrue();
        second.members().remove(one.id());
        await(() -> second.leadership().isSelf());
        put(second, "a", Bytes.utf8("2"));
        assertThat(second.members().all()).extracting(ClusterMember::id).containsExactly(two.id());
    }

    @Test
    void aLearnerIsPromotedWhenAskedForAndNotBefore() {
        EmbeddedStore first = first(member(1));
        Member two = member(2);
        first.members().add(two.id(), urls(two), true);
        EmbeddedStore second = open(two, List.of());
        assertThat(second.members().awaitVote(two.id(), Duration.ofSeconds(1))).isFalse();
        assertThat(first.members().awaitCaughtUp(two.id(), PATIENCE)).isTrue();
        second.members().promote(two.id());
        assertThat(second.members().all()).noneMatch(ClusterMember::isLearner);
    }

    @Test
    void aMemberThatWasResetStaysTheOnlyOne() {
        Member one = member(1);
        EmbeddedStore first = first(one);
        Member two = member(2);
        EmbeddedStore second = open(two, List.of());
        first.members().add(two.id(), urls(two), false);
        assertThat(second.members().awaitVote(two.id(), PATIENCE)).isTrue();
        put(first, "a", Bytes.utf8("1"));
        second.close();
        first.close();
        stores.clear();

        EmbeddedStore left = open(one, List.of());
        left.resetToSelf(4711, PATIENCE);
        left.close();
        stores.clear();
        EmbeddedStore again = open(one, List.of());
        await(() -> again.leadership().isSelf());
        put(again, "b", Bytes.utf8("1"));

        assertThat(again.members().all()).extracting(ClusterMember::id).containsExactly(one.id());
        assertThat(again.range(range("a"), Consistency.LINEARIZABLE).answer().count())
                .isEqualTo(1);
    }

    private static Operation.Range range(String key) {
        return new Operation.Range(KeyRange.single(Key.of(key)));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
