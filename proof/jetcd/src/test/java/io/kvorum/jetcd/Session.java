package io.kvorum.jetcd;

import static io.kvorum.jetcd.Transcript.bytes;
import static io.kvorum.jetcd.Transcript.text;
import static io.kvorum.jetcd.Transcript.texts;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The steps of keys, transactions and leases; used by one thread. */
final class Session {
    private final Client client;
    private final Transcript seen;

    Session(Client client, Transcript seen) {
        this.client = client;
        this.seen = seen;
    }

    void keys() {
        KV kv = client.getKVClient();
        for (int i = 0; i < 12; i++) {
            seen.step("put k" + i, kv.put(bytes("k" + i), bytes("v" + i)), answer -> answer.hasPrevKv());
        }
        seen.step(
                "put again",
                kv.put(
                        bytes("k1"),
                        bytes("new"),
                        PutOption.builder().withPrevKV().build()),
                answer -> text(answer.getPrevKv()));
        seen.step("empty key", kv.put(bytes(""), bytes("x")), answer -> answer);
        seen.step("get", kv.get(bytes("k1")), answer -> texts(answer.getKvs()));
        seen.step("get nothing", kv.get(bytes("none")), answer -> answer.getCount() + " " + answer.getKvs());
        get("prefix", prefix());
        get("limit", prefix().withLimit(3));
        get("keys only", prefix().withKeysOnly(true).withLimit(2));
        get("count only", prefix().withCountOnly(true));
        get("sorted down", prefix().withSortField(GetOption.SortTarget.MOD).withSortOrder(GetOption.SortOrder.DESCEND));
        get(
                "sorted by value",
                prefix().withSortField(GetOption.SortTarget.VALUE).withSortOrder(GetOption.SortOrder.ASCEND));
        get("serializable", prefix().withSerializable(true).withLimit(1));
        get("old", prefix().withRevision(5));
        get("future", prefix().withRevision(5000));
        get("modified late", prefix().withMinModRevision(10));
        get("created early", prefix().withMaxCreateRevision(4));
        get("range", GetOption.builder().withRange(bytes("k3")));
        seen.step(
                "delete",
                kv.delete(bytes("k2"), DeleteOption.builder().withPrevKV(true).build()),
                answer -> answer.getDeleted() + " " + texts(answer.getPrevKvs()));
        seen.step("delete nothing", kv.delete(bytes("none")), answer -> answer.getDeleted());
        seen.step(
                "delete some",
                kv.delete(
                        bytes("k8"),
                        DeleteOption.builder().withRange(bytes("k9z")).build()),
                answer -> answer.getDeleted());
        get("what is left", prefix().withKeysOnly(true));
        seen.step("too large", kv.put(bytes("big"), bytes("x".repeat(1_600_000))), answer -> answer);
    }

    private static GetOption.Builder prefix() {
        return GetOption.builder().isPrefix(true);
    }

    private void get(String step, GetOption.Builder option) {
        seen.step(
                step,
                client.getKVClient().get(bytes("k"), option.build()),
                answer -> "%d %b %s at %d"
                        .formatted(
                                answer.getCount(),
                                answer.isMore(),
                                texts(answer.getKvs()),
                                answer.getHeader().getRevision()));
    }

    void transactions() {
        KV kv = client.getKVClient();
        seen.step(
                "txn that holds",
                kv.txn()
                        .If(
                                new Cmp(bytes("k1"), Cmp.Op.EQUAL, CmpTarget.value(bytes("new"))),
                                new Cmp(bytes("k1"), Cmp.Op.GREATER, CmpTarget.version(1)),
                                new Cmp(bytes("none"), Cmp.Op.EQUAL, CmpTarget.createRevision(0)),
                                new Cmp(bytes("k1"), Cmp.Op.NOT_EQUAL, CmpTarget.modRevision(3)))
                        .Then(
                                Op.put(bytes("t"), bytes("1"), PutOption.DEFAULT),
                                Op.get(bytes("t"), GetOption.DEFAULT),
                                Op.delete(bytes("k3"), DeleteOption.DEFAULT))
                        .Else(Op.put(bytes("t"), bytes("2"), PutOption.DEFAULT))
                        .commit(),
                Session::shown);
        seen.step(
                "txn that does not",
                kv.txn()
                        .If(new Cmp(bytes("t"), Cmp.Op.LESS, CmpTarget.version(1)))
                        .Then(Op.put(bytes("t"), bytes("2"), PutOption.DEFAULT))
                        .Else(Op.get(bytes("t"), GetOption.DEFAULT))
                        .commit(),
                Session::shown);
        seen.step(
                "nested txn",
                kv.txn()
                        .Then(Op.txn(
                                new Cmp[] {new Cmp(bytes("t"), Cmp.Op.EQUAL, CmpTarget.value(bytes("1")))},
                                new Op[] {Op.put(bytes("n"), bytes("1"), PutOption.DEFAULT)},
                                new Op[] {Op.put(bytes("n"), bytes("2"), PutOption.DEFAULT)}))
                        .commit(),
                Session::shown);
        seen.step(
                "key twice",
                kv.txn()
                        .Then(
                                Op.put(bytes("d"), bytes("1"), PutOption.DEFAULT),
                                Op.put(bytes("d"), bytes("2"), PutOption.DEFAULT))
                        .commit(),
                Session::shown);
        seen.step("empty txn", kv.txn().commit(), Session::shown);
    }

    private static Object shown(TxnResponse answer) {
        return "%b puts %d gets %s deletes %s nested %s at %d"
                .formatted(
                        answer.isSucceeded(),
                        answer.getPutResponses().size(),
                        answer.getGetResponses().stream()
                                .map(one -> texts(one.getKvs()))
                                .toList(),
                        answer.getDeleteResponses().stream()
                                .map(one -> one.getDeleted())
                                .toList(),
                        answer.getTxnResponses().stream()
                                .map(TxnResponse::isSucceeded)
                                .toList(),
                        answer.getHeader().getRevision());
    }

    void compaction() {
        KV kv = client.getKVClient();
        seen.step(
                "compact",
                kv.compact(8, CompactOption.builder().withCompactPhysical(true).build()),
                answer -> answer.getHeader().getRevision());
        seen.step("compact again", kv.compact(8), answer -> answer);
        seen.step("compact the future", kv.compact(8000), answer -> answer);
        get("compacted", prefix().withRevision(5));
    }

    void leases() throws InterruptedException {
        KV kv = client.getKVClient();
        Lease leases = client.getLeaseClient();
        LeaseGrantResponse granted =
                Objects.requireNonNull(seen.step("grant", leases.grant(60), answer -> answer.getTTL()));
        long id = granted.getID();
        PutOption leased = PutOption.builder().withLeaseId(id).build();
        seen.step("put leased", kv.put(bytes("l1"), bytes("1"), leased), answer -> answer.hasPrevKv());
        seen.step("put leased too", kv.put(bytes("l2"), bytes("1"), leased), answer -> answer.hasPrevKv());
        LeaseOption attached = LeaseOption.builder().withAttachedKeys().build();
        seen.step(
                "time to live",
                leases.timeToLive(id, attached),
                answer -> "%d of %d %s"
                        .formatted(
                                answer.getTTL() / 10,
                                answer.getGrantedTTL(),
                                // etcd keeps them in no order
                                answer.getKeys().stream()
                                        .map(Transcript::text)
                                        .sorted()
                                        .toList()));
        seen.step("keep alive once", leases.keepAliveOnce(id), LeaseKeepAliveResponse::getTTL);
        keptAlive(leases);
        seen.step("revoke", leases.revoke(id), answer -> "gone");
        seen.step("revoke again", leases.revoke(id), answer -> answer);
        seen.step("its keys", kv.get(bytes("l"), prefix().build()), answer -> answer.getCount());
        seen.step("time to live of none", leases.timeToLive(id, LeaseOption.DEFAULT), answer -> answer.getTTL());
        seen.step("put with none", kv.put(bytes("l1"), bytes("1"), leased), answer -> answer);
        seen.step("keep none alive", leases.keepAliveOnce(id), LeaseKeepAliveResponse::getTTL);
    }

    private void keptAlive(Lease leases) throws InterruptedException {
        LeaseGrantResponse granted =
                Objects.requireNonNull(seen.step("grant 3 s", leases.grant(3), answer -> answer.getTTL()));
        BlockingQueue<Long> renewed = new LinkedBlockingQueue<>();
        CloseableClient keeping = leases.keepAlive(granted.getID(), new StreamObserver<>() {
            @Override
            public void onNext(LeaseKeepAliveResponse answer) {
                renewed.add(answer.getTTL());
            }

            @Override
            public void onError(Throwable failure) {
                renewed.add(-1L);
            }

            @Override
            public void onCompleted() {}
        });
        for (int i = 0; i < 3; i++) {
            seen.note("renewed", String.valueOf(renewed.poll(20, TimeUnit.SECONDS)));
        }
        keeping.close();
    }
}
