package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import io.kvorum.raft.LogUnavailable;
import io.kvorum.raft.Proposal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The blocking calls under way at one running member. The store answers them on threads; here it is known at any time
 * which of them must end, and they are waited for, so that every run of a seed is the same. Used by one thread.
 */
final class Calls {
    private final Doorbell bell;
    private final MemberLog log;
    private final Peer peer;
    private final Consumer<Bytes> whenProposed;
    private final Map<Bytes, Call<?>> writes = new LinkedHashMap<>();
    private @Nullable Round round;
    private List<Call<?>> gathering = new ArrayList<>();

    /** @param whenProposed hears the bytes of an entry that a call has brought forth, while {@link #write} is under way */
    Calls(Doorbell bell, MemberLog log, Peer peer, Consumer<Bytes> whenProposed) {
        this.bell = bell;
        this.log = log;
        this.peer = peer;
        this.whenProposed = whenProposed;
    }

    /** Reads that share a barrier. */
    private static final class Round {
        private final List<Call<?>> readers;
        private final CompletableFuture<Long> barrier;
        private long index = -1;

        Round(List<Call<?>> readers, CompletableFuture<Long> barrier) {
            this.readers = readers;
            this.barrier = barrier;
        }
    }

    /** Begins a call that brings an entry into the log. Returns when it waits for the entry, or is over. */
    <T> void write(Supplier<T> act, Consumer<Outcome<T>> then) {
        Call<T> call = begin(act, then);
        bell.listenUntil("a write", () -> call.isOver() || log.hasProposed());
        Proposal proposal = log.takeProposed();
        if (proposal == null) {
            call.deliver();
            return;
        }
        boolean[] isRefused = {false};
        writes.put(proposal.entry(), call);
        whenProposed.accept(proposal.entry());
        peer.propose(new Proposal() {
            @Override
            public Bytes entry() {
                return proposal.entry();
            }

            @Override
            public void refused(Refusal refusal) {
                isRefused[0] = true;
                proposal.refused(refusal);
                ended(proposal.entry());
            }
        });
        if (!isRefused[0]) {
            peer.agenda.in(peer.agenda.between(500_000, 3_000_000), "give up", () -> peer.giveUp(proposal.entry()));
        }
    }

    private <T> Call<T> begin(Supplier<T> act, Consumer<Outcome<T>> then) {
        Call<T> call = new Call<>(act, then);
        call.start(over -> bell.ring(() -> {}));
        return call;
    }

    private void ended(Bytes entry) {
        Call<?> call = writes.remove(entry);
        if (call != null) {
            bell.listenUntil("an answer to a write", call::isOver);
            call.deliver();
        }
    }

    /** Begins a read that needs a barrier. Returns when it waits for one, or is over. */
    <T> void read(Supplier<T> act, Consumer<Outcome<T>> then) {
        Call<T> call = begin(act, then);
        if (round != null) {
            bell.lookUntil("a read that joins others", () -> call.isOver() || call.isParked());
            if (call.isOver()) {
                call.deliver();
            } else {
                gathering.add(call);
            }
            return;
        }
        bell.listenUntil("a read", () -> call.isOver() || log.hasBarrier());
        if (log.hasBarrier()) {
            startRound(new ArrayList<>(List.of(call)));
        } else {
            call.deliver();
        }
    }

    private void startRound(List<Call<?>> readers) {
        Round fresh = new Round(readers, log.takeBarrier());
        round = fresh;
        peer.barrier(index -> {
            if (index < 0) {
                fresh.barrier.completeExceptionally(new LogUnavailable("no leader with a quorum"));
                finish(fresh);
            } else {
                fresh.barrier.complete(index);
                fresh.index = index;
                pass();
            }
        });
    }

    private void pass() {
        Round now = round;
        if (now != null && now.index >= 0 && now.index <= peer.applied()) {
            finish(now);
        }
    }

    private void finish(Round finished) {
        if (round != finished) {
            return;
        }
        for (Call<?> reader : finished.readers) {
            bell.listenUntil("an answer to a read", reader::isOver);
        }
        List<Call<?>> next = gathering;
        gathering = new ArrayList<>();
        round = null;
        if (!next.isEmpty()) {
            bell.listenUntil("a barrier for the next readers", log::hasBarrier);
            startRound(next);
        }
        finished.readers.forEach(Call::deliver);
    }

    /** Brings an entry into the log without the store; answered with true when it is applied here. */
    void raw(Bytes entry, Consumer<Outcome<Boolean>> then) {
        Call<Boolean> call = begin(() -> true, then);
        boolean[] isRefused = {false};
        peer.propose(new Proposal() {
            @Override
            public Bytes entry() {
                return entry;
            }

            @Override
            public void refused(Refusal refusal) {
                isRefused[0] = true;
                writes.remove(entry);
                call.abandon();
            }
        });
        if (!isRefused[0]) {
            writes.put(entry, call);
            peer.agenda.in(peer.agenda.between(500_000, 3_000_000), "give up", () -> peer.giveUp(entry));
        }
    }

    boolean isWaitedFor(Bytes entry) {
        return writes.containsKey(entry);
    }

    /** The entries are applied: whoever waits for them is answered. */
    void applied(List<Bytes> entries) {
        entries.forEach(this::ended);
        pass();
    }

    /** Before the store is closed: from here on the log gives nothing. */
    void closing() {
        log.closed();
        Round now = round;
        if (now != null) {
            now.barrier.completeExceptionally(new LogUnavailable("the log is closed"));
        }
    }

    /** After the store was closed: whatever was under way is over, or nobody will hear of it. */
    void closed() {
        for (Call<?> write : List.copyOf(writes.values())) {
            bell.listenUntil("the end of a write at a member that closes", write::isOver);
            write.abandon();
        }
        writes.clear();
        Round now = round;
        round = null;
        if (now != null) {
            now.readers.forEach(Call::abandon);
        }
        gathering.forEach(Call::abandon);
        gathering.clear();
    }
}
