package io.kvorum.torture;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Ends all faults and sees that the cluster becomes whole again by itself, and that its members are the same. */
final class Recovery {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration UNTIL_RESTART = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Site site;
    private final Rack rack;
    private final Membership membership;
    private final Tally tally;
    private final Verdict verdict;

    Recovery(Trouble.Parts parts) {
        this.site = parts.site();
        this.rack = parts.rack();
        this.membership = parts.membership();
        this.tally = parts.tally();
        this.verdict = parts.verdict();
    }

    /** @return whether it did recover */
    boolean recover(int fewestMembers) throws InterruptedException {
        for (Seat seat : rack.seats()) {
            site.heal(seat.host());
            site.freeDisk(seat.host());
            rack.resume(seat);
            rack.restart(seat);
        }
        rack.retryConnections();
        Optional<Seat> silent;
        do {
            boolean isWhole = await(() -> {
                rack.taken().forEach(this::wake);
                return reconciled(fewestMembers);
            });
            if (!isWhole) {
                verdict.broken(
                        "the cluster recovers when the faults end", "members are not as they should be: " + ends());
                return false;
            }
            silent = silent();
            // what was asked for under faults, and answered by nobody, may be done as late as now
        } while (silent.isPresent() && membership.isOut(silent.get()));
        silent.ifPresent(seat -> verdict.broken(
                "every member recovers when the faults end",
                "h%d does not answer; it said: %s".formatted(seat.host(), rack.logEnd(seat, 2000))));
        return silent.isEmpty();
    }

    private Optional<Seat> silent() throws InterruptedException {
        for (Seat seat : rack.taken()) {
            if (!answers(seat)) {
                return Optional.of(seat);
            }
        }
        return Optional.empty();
    }

    /** A member that gave up, as one may that could not write down its vote, is started anew: a stopped one serves nobody. */
    private void wake(Seat seat) {
        if (seat.isRunning() && hasStopped(rack.door(seat.host()))) {
            tally.note("a member had stopped serving and was started anew");
            System.err.printf("h%d had stopped serving%n", seat.host());
            rack.kill(seat);
        }
        rack.restart(seat);
    }

    private static boolean hasStopped(Door door) {
        try {
            door.kv(PATIENCE)
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("nothing"))
                            .setSerializable(true)
                            .build());
            return false;
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription()).contains("server stopped");
        }
    }

    private boolean reconciled(int fewestMembers) {
        try {
            return membership.reconcile(fewestMembers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String ends() {
        var text = new StringBuilder();
        for (Seat seat : rack.taken()) {
            text.append("%nh%d: %s".formatted(seat.host(), rack.logEnd(seat, 1500)));
        }
        return text.toString();
    }

    /** A member that needs to be started anew for that is not what it should be, but breaks no promise. */
    private boolean answers(Seat seat) throws InterruptedException {
        Door door = rack.door(seat.host());
        BooleanSupplier hasAnswered = () -> Trouble.revision(door, PATIENCE).isPresent();
        if (await(hasAnswered, UNTIL_RESTART)) {
            return true;
        }
        if (membership.isOut(seat)) {
            return false;
        }
        tally.note("a member had to be started anew after the faults");
        System.err.printf("h%d had to be started anew: %s%n", seat.host(), rack.logEnd(seat, 1500));
        rack.kill(seat);
        rack.restart(seat);
        return await(hasAnswered, LIMIT);
    }

    private static boolean await(BooleanSupplier condition) throws InterruptedException {
        return await(condition, LIMIT);
    }

    static boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return true;
    }

    /** The newest revision, by a read that all members agree on. */
    Optional<Long> revision() {
        return rack.doors().stream()
                .map(door -> Trouble.revision(door, PATIENCE))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** All members have the same history up to a revision. */
    void compareHashes(long revision) throws InterruptedException {
        Map<Integer, String> hashes = new TreeMap<>();
        for (Seat seat : rack.taken()) {
            await(() -> hash(seat, revision, hashes));
        }
        boolean isSame = hashes.values().stream().distinct().count() == 1
                && hashes.size() == rack.taken().size();
        if (!isSame) {
            verdict.broken(
                    "all members have the same history",
                    "hashes at revision %d by host: %s".formatted(revision, hashes));
        }
    }

    private boolean hash(Seat seat, long revision, Map<Integer, String> hashes) {
        @Nullable HashKVResponse answer;
        try {
            answer = rack.door(seat.host())
                    .maintenance(Duration.ofSeconds(10))
                    .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
            return false;
        }
        hashes.put(seat.host(), "%08x compacted %d".formatted(answer.getHash(), answer.getCompactRevision()));
        return true;
    }
}
