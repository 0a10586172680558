package io.kvorum.jetcd;

import static io.kvorum.jetcd.Transcript.bytes;
import static io.kvorum.jetcd.Transcript.text;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderKey;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The steps of watches, locks and elections; used by one thread. */
final class Coordination {
    private final Client client;
    private final Transcript seen;

    Coordination(Client client, Transcript seen) {
        this.client = client;
        this.seen = seen;
    }

    void watches() throws Exception {
        KV kv = client.getKVClient();
        long from = kv.put(bytes("w0"), bytes("0")).get().getHeader().getRevision();
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        BlockingQueue<String> deletes = new LinkedBlockingQueue<>();
        BlockingQueue<String> late = new LinkedBlockingQueue<>();
        Watch watch = client.getWatchClient();
        WatchOption.Builder prefix = WatchOption.builder().isPrefix(true).withRequireLeader(true);
        try (Watch.Watcher one = watch.watch(
                        bytes("w"), prefix.withPrevKV(true).withRevision(from).build(), listener(all));
                Watch.Watcher two = watch.watch(
                        bytes("w"),
                        WatchOption.builder()
                                .isPrefix(true)
                                .withRevision(from)
                                .withNoPut(true)
                                .build(),
                        listener(deletes));
                Watch.Watcher three = watch.watch(
                        bytes("w"), WatchOption.builder().withRevision(2).build(), listener(late))) {
            seen.note("all watch", !one.isClosed() && !two.isClosed() && !three.isClosed());
            seen.step("watched put", kv.put(bytes("w1"), bytes("1")), answer -> "done");
            seen.step("watched change", kv.put(bytes("w1"), bytes("2")), answer -> "done");
            seen.step("unwatched", kv.put(bytes("v"), bytes("2")), answer -> "done");
            seen.step(
                    "watched deletion",
                    kv.delete(bytes("w"), DeleteOption.builder().isPrefix(true).build()),
                    answer -> answer.getDeleted());
            for (int i = 0; i < 5; i++) {
                seen.note("all", next(all));
            }
            seen.note("deletes", next(deletes) + ", " + next(deletes));
            seen.note("compacted", next(late));
            watch.requestProgress();
            seen.note("progress", next(all));
        }
    }

    private static Watch.Listener listener(BlockingQueue<String> heard) {
        return Watch.listener(answer -> hear(answer, heard), failure -> heard.add(failed(failure)));
    }

    private static void hear(WatchResponse answer, BlockingQueue<String> heard) {
        if (answer.isProgressNotify()) {
            heard.add("progress at " + answer.getHeader().getRevision());
        }
        for (WatchEvent event : answer.getEvents()) {
            heard.add(
                    "%s %s was %s".formatted(event.getEventType(), text(event.getKeyValue()), text(event.getPrevKV())));
        }
    }

    private static String failed(Throwable failure) {
        return failure instanceof CompactedException compacted
                ? "compacted at " + compacted.getCompactedRevision()
                : Transcript.refusal(failure);
    }

    private static String next(BlockingQueue<String> heard) throws InterruptedException {
        return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
    }

    void locks() throws Exception {
        long mine = client.getLeaseClient().grant(60).get().getID();
        long others = client.getLeaseClient().grant(60).get().getID();
        LockResponse held = Objects.requireNonNull(seen.step(
                "lock",
                client.getLockClient().lock(bytes("lock"), mine),
                answer -> text(answer.getKey()).equals("lock/" + Long.toHexString(mine))));
        seen.step(
                "lock again",
                client.getLockClient().lock(bytes("lock"), mine),
                answer -> answer.getKey().equals(held.getKey()));
        CompletableFuture<LockResponse> waiting = client.getLockClient().lock(bytes("lock"), others);
        seen.note("the other waits", !waiting.isDone());
        seen.step("unlock", client.getLockClient().unlock(held.getKey()), answer -> "done");
        seen.step(
                "the other has it",
                waiting,
                answer -> text(answer.getKey()).equals("lock/" + Long.toHexString(others)));
        seen.step("its holder dies", client.getLeaseClient().revoke(others), answer -> "done");
        seen.step("lock without lease", client.getLockClient().lock(bytes("lock"), 12345), answer -> answer);
    }

    void elections() throws Exception {
        Election election = client.getElectionClient();
        long mine = client.getLeaseClient().grant(60).get().getID();
        long others = client.getLeaseClient().grant(60).get().getID();
        seen.step("leader of none", election.leader(bytes("seat")), answer -> answer.getKv());
        CampaignResponse won = Objects.requireNonNull(seen.step(
                "campaign",
                election.campaign(bytes("seat"), mine, bytes("me")),
                answer -> text(answer.getLeader().getName())));
        LeaderKey leader = won.getLeader();
        BlockingQueue<String> observed = new LinkedBlockingQueue<>();
        election.observe(bytes("seat"), new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                observed.add(text(response.getKv().getValue()));
            }

            @Override
            public void onError(Throwable failure) {
                observed.add(Transcript.refusal(failure));
            }

            @Override
            public void onCompleted() {}
        });
        seen.note("observed", next(observed));
        seen.step("proclaim", election.proclaim(leader, bytes("still me")), answer -> "done");
        seen.note("observed", next(observed));
        seen.step(
                "leader",
                election.leader(bytes("seat")),
                answer -> text(answer.getKv().getValue()));
        CompletableFuture<CampaignResponse> other = election.campaign(bytes("seat"), others, bytes("other"));
        seen.note("the other waits", !other.isDone());
        seen.step("resign", election.resign(leader), answer -> "done");
        seen.step("the other wins", other, answer -> text(answer.getLeader().getName()));
        seen.note("observed", next(observed));
        seen.step("proclaim too late", election.proclaim(leader, bytes("me?")), answer -> answer);
        seen.step("resign again", election.resign(leader), answer -> "done");
    }
}
