package io.kvorum.torture;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.StatusRuntimeException;
import io.kvorum.torture.Schedule.Step;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Does to a cluster what a schedule says. One thread runs one schedule; two may run side by side. */
final class Trouble {
    private static final int FEWEST_MEMBERS = 3;
    private static final Duration REFUSAL = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int ENOUGH_WRITES = 50;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Site site;
    private final Rack rack;
    private final Membership membership;
    private final Tally tally;
    private final Verdict verdict;
    private final Random random;
    private final LongSupplier mayCompactTo;
    private final Consumer<String> diary;

    /** @param mayCompactTo up to which revision nobody needs the history any more */
    Trouble(Parts parts, Random random, LongSupplier mayCompactTo) {
        this.site = parts.site();
        this.rack = parts.rack();
        this.membership = parts.membership();
        this.tally = parts.tally();
        this.verdict = parts.verdict();
        this.diary = parts.diary();
        this.random = random;
        this.mayCompactTo = mayCompactTo;
    }

    /** @param diary is told of everything that is done */
    record Parts(Site site, Rack rack, Membership membership, Tally tally, Verdict verdict, Consumer<String> diary) {}

    void run(Schedule schedule, BooleanSupplier isOver) throws InterruptedException {
        for (Step step : schedule.steps()) {
            if (step.onRecovered()) {
                long writes = tally.writes();
                Recovery.await(() -> isOver.getAsBoolean() || tally.writes() > writes + ENOUGH_WRITES, LONGEST_WAIT);
            }
            pause(step.afterMillis(), isOver);
            if (isOver.getAsBoolean()) {
                return;
            }
            diary.accept(step.toString());
            try {
                Runnable undo = begin(step.fault());
                pause(step.holdMillis(), isOver);
                undo.run();
            } catch (IllegalStateException | UncheckedIOException e) {
                diary.accept("could not be done: " + e);
                tally.note("a fault could not be made: " + step.fault().kind());
            }
        }
    }

    private static void pause(long millis, BooleanSupplier isOver) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end && !isOver.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(Math.min(50, millis));
        }
    }

    private Runnable begin(Fault fault) throws InterruptedException {
        tally.fault(fault.kind());
        return switch (fault) {
            case Fault.Kill kill -> kill(member(kill.place()));
            case Fault.KillAll _ -> killAllBut(-1);
            case Fault.KillMost kill -> killAllBut(kill.spared());
            case Fault.Stop stop -> stop(member(stop.place()));
            case Fault.Pause pause -> pauseMember(member(pause.place()));
            case Fault.Isolate isolate -> links(member(isolate.place()), site::cut);
            case Fault.CutPair cut -> cutPair(cut.place());
            case Fault.Mute mute -> links(member(mute.place()), site::mute);
            case Fault.Deafen deafen -> links(member(deafen.place()), (deaf, speaker) -> site.mute(speaker, deaf));
            case Fault.Unplug unplug -> unplug(member(unplug.place()));
            case Fault.Slow slow -> slow(List.of(member(slow.place())), slow.delayMillis(), slow.lossPercent());
            case Fault.SlowAll slow -> slow(rack.taken(), slow.delayMillis(), slow.lossPercent());
            case Fault.FillDisk fill -> fillDisk(member(fill.place()));
            case Fault.TearLog tear -> tear(member(tear.place()), tear.bytes());
            case Fault.FlipLog flip -> flip(member(flip.place()), flip.where());
            case Fault.FlipState flip -> flipState(member(flip.place()), flip.where());
            case Fault.AddMember _ -> addMember();
            case Fault.RemoveMember remove -> removeMember(member(remove.place()));
            case Fault.MoveLeader move -> moveLeader(member(move.place()));
            case Fault.Compact _ -> compact();
            case Fault.Defragment defragment -> defragment(member(defragment.place()));
        };
    }

    private Seat member(int place) {
        if (place < 0) {
            Optional<Seat> leader = membership.leader();
            if (leader.isPresent()) {
                return leader.get();
            }
        }
        List<Seat> taken = rack.taken();
        return taken.get(Math.floorMod(place, taken.size()));
    }

    private static void nothing() {}

    private Runnable kill(Seat seat) {
        noteIfLeader(seat);
        rack.kill(seat);
        return () -> rack.restart(seat);
    }

    private void noteIfLeader(Seat seat) {
        if (membership.leader().filter(seat::equals).isPresent()) {
            tally.leaderLost();
        }
    }

    private Runnable killAllBut(int spared) {
        List<Seat> taken = rack.taken();
        Seat kept = spared < 0 ? null : taken.get(spared % taken.size());
        List<Seat> victims = taken.stream().filter(seat -> seat != kept).toList();
        victims.parallelStream().forEach(rack::kill);
        return () -> victims.forEach(rack::restart);
    }

    private Runnable stop(Seat seat) {
        noteIfLeader(seat);
        rack.stop(seat);
        return () -> rack.restart(seat);
    }

    private Runnable pauseMember(Seat seat) {
        noteIfLeader(seat);
        rack.pause(seat);
        return () -> rack.resume(seat);
    }

    private interface Link {
        void fail(int host, int peer);
    }

    private Runnable links(Seat seat, Link link) {
        for (Seat other : rack.seats()) {
            if (other != seat) {
                link.fail(seat.host(), other.host());
            }
        }
        return () -> site.heal(seat.host());
    }

    private Runnable cutPair(int place) {
        Seat seat = member(place);
        Seat other = member(Math.abs(place) + 1);
        if (seat == other) {
            return Trouble::nothing;
        }
        site.cut(seat.host(), other.host());
        return () -> site.heal(seat.host());
    }

    private Runnable unplug(Seat seat) {
        site.unplug(seat.host());
        return () -> site.heal(seat.host());
    }

    private Runnable slow(List<Seat> seats, int delayMillis, int lossPercent) {
        seats.forEach(seat -> site.slow(seat.host(), delayMillis, lossPercent));
        return () -> seats.forEach(seat -> site.heal(seat.host()));
    }

    private Runnable fillDisk(Seat seat) {
        site.fillDisk(seat.host());
        return () -> {
            site.freeDisk(seat.host());
            rack.restart(seat);
        };
    }

    private Runnable tear(Seat seat, int bytes) {
        Seat.Sitter sitter = seat.sitter();
        if (sitter == null || seat.isBroken()) {
            return Trouble::nothing;
        }
        rack.kill(seat);
        LogDamage.tear(sitter.data().resolve("member/wal/log"), bytes, random);
        return () -> rack.restart(seat);
    }

    /** It must refuse to start and say why; then a new member takes its place. */
    private Runnable flip(Seat seat, double where) throws InterruptedException {
        Seat.Sitter sitter = seat.sitter();
        if (sitter == null
                || !harm(seat, () -> LogDamage.flip(sitter.data().resolve("member/wal/log"), where, random))) {
            return () -> rack.restart(seat);
        }
        rack.restart(seat);
        MemberProcess process = seat.process();
        awaitEnd(process);
        if (!sitter.equals(seat.sitter())) {
            // the administrator removed the member meanwhile, and with it what it could have said
            return Trouble::nothing;
        }
        boolean hasRefused = process == null || !process.isRunning();
        if (!hasRefused || !rack.logEnd(seat, 3000).contains("corrupt")) {
            verdict.broken(
                    "a damaged log is found and told of",
                    "h%d started on it or did not say so; it said: %s".formatted(seat.host(), rack.logEnd(seat, 3000)));
        }
        rack.breakData(seat);
        return () -> membership.remove(seat);
    }

    /** Damages a member that is down, if the cluster can lose one for good; whether it did. */
    private boolean harm(Seat seat, BooleanSupplier damage) {
        return membership.undisturbed(() -> {
            if (!allAnswer() || !membership.canSpareOne()) {
                return false;
            }
            rack.kill(seat);
            return damage.getAsBoolean();
        });
    }

    private boolean allAnswer() {
        return rack.taken().stream()
                .allMatch(other -> !other.isBroken()
                        && revision(rack.door(other.host()), PATIENCE).isPresent());
    }

    private static void awaitEnd(@Nullable MemberProcess process) throws InterruptedException {
        long end = System.nanoTime() + REFUSAL.toNanos();
        while (process != null && process.isRunning() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /**
     * Either it refuses to start, saying why, and a new member takes its place; or what was damaged does not count, and
     * then whatever it serves is judged as everybody's.
     */
    private Runnable flipState(Seat seat, double where) throws InterruptedException {
        Seat.Sitter sitter = seat.sitter();
        if (sitter == null
                || !harm(seat, () -> StateDamage.flip(sitter.data().resolve("member/state"), where, random))) {
            return () -> rack.restart(seat);
        }
        rack.restart(seat);
        MemberProcess process = seat.process();
        if (Recovery.await(() -> hasEnded(process) || serves(seat, process), REFUSAL) && !hasEnded(process)) {
            tally.note("a bit of a database was flipped where it does not count");
            return Trouble::nothing;
        }
        if (!sitter.equals(seat.sitter())) {
            return Trouble::nothing; // removed meanwhile
        }
        boolean hasRefused = hasEnded(process);
        if (hasRefused && !rack.logEnd(seat, 3000).contains("is damaged")) {
            verdict.broken(
                    "a damaged database is found and told of",
                    "h%d ended without saying so; it said: %s".formatted(seat.host(), rack.logEnd(seat, 3000)));
        }
        if (!hasRefused) {
            return Trouble::nothing; // without the others it cannot serve: whether it recovers is looked at later
        }
        tally.note("a damaged database was found");
        rack.breakData(seat);
        return () -> membership.remove(seat);
    }

    private static boolean hasEnded(@Nullable MemberProcess process) {
        return process == null || !process.isRunning();
    }

    private boolean serves(Seat seat, @Nullable MemberProcess process) {
        return process != null
                && process.isRunning()
                && revision(rack.door(seat.host()), PATIENCE).isPresent();
    }

    private Runnable addMember() throws InterruptedException {
        membership.add();
        return Trouble::nothing;
    }

    private Runnable removeMember(Seat seat) {
        boolean isAllowed =
                rack.taken().size() > FEWEST_MEMBERS && rack.taken().stream().noneMatch(Seat::isBroken);
        if (isAllowed) {
            membership.remove(seat);
        }
        return Trouble::nothing;
    }

    private Runnable moveLeader(Seat seat) {
        Optional<Seat> leader = membership.leader();
        Optional<Long> target =
                membership.status(seat).map(status -> status.getHeader().getMemberId());
        if (leader.isPresent() && target.isPresent() && !leader.get().equals(seat)) {
            attempt(() -> rack.door(leader.get().host())
                    .maintenance(PATIENCE)
                    .moveLeader(MoveLeaderRequest.newBuilder()
                            .setTargetID(target.get())
                            .build()));
        }
        return Trouble::nothing;
    }

    private Runnable compact() {
        long revision = mayCompactTo.getAsLong();
        List<Seat> taken = rack.taken();
        Seat seat = taken.get(random.nextInt(taken.size()));
        if (revision > 1) {
            attempt(() -> rack.door(seat.host())
                    .kv(PATIENCE)
                    .compact(CompactionRequest.newBuilder()
                            .setRevision(revision)
                            .setPhysical(random.nextBoolean())
                            .build()));
        }
        return Trouble::nothing;
    }

    private Runnable defragment(Seat seat) {
        attempt(() -> rack.door(seat.host())
                .maintenance(Duration.ofSeconds(10))
                .defragment(DefragmentRequest.getDefaultInstance()));
        return Trouble::nothing;
    }

    private void attempt(Runnable act) {
        try {
            act.run();
        } catch (StatusRuntimeException e) {
            tally.failed(e.getStatus());
        }
    }

    /** The newest revision that one member and the others agree on, if there is one within the limit. */
    static Optional<Long> revision(Door door, Duration limit) {
        try {
            var request = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("nothing"))
                    .build();
            return Optional.of(door.kv(limit).range(request).getHeader().getRevision());
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }
}
