package io.kvorum.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens when in a round: a pure function of the seed. */
record Schedule(List<Step> steps) {
    private static final int LEADER = -1;

    Schedule {
        steps = List.copyOf(steps);
    }

    /**
     * @param afterMillis since the step before it was over
     * @param onRecovered whether it waits, but not for ever, until writes are acknowledged again
     * @param holdMillis how long the fault stays
     */
    record Step(long afterMillis, boolean onRecovered, long holdMillis, Fault fault) {}

    /** Faults of processes, links and disks, one after the other. */
    static Schedule faults(Random random, Duration length, boolean hasNetwork) {
        List<Step> steps = new ArrayList<>();
        long sum = 0;
        while (sum < length.toMillis()) {
            var step = new Step(
                    300 + random.nextLong(1500),
                    random.nextInt(4) != 0,
                    hold(random),
                    hasNetwork ? fault(random) : processFault(random));
            steps.add(step);
            sum += step.afterMillis() + step.holdMillis();
        }
        return new Schedule(steps);
    }

    /** Mostly short; now and then long enough for everything to give up that will. */
    private static long hold(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> 30_000;
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> 300 + random.nextLong(7000);
            default -> 300 + random.nextLong(2500);
        };
    }

    private static int place(Random random) {
        return random.nextInt(3) == 0 ? LEADER : random.nextInt(100);
    }

    private static Fault fault(Random random) {
        return switch (random.nextInt(16)) {
            case 0, 1 -> new Fault.Isolate(place(random));
            case 2 -> new Fault.CutPair(place(random));
            case 3 -> new Fault.Mute(place(random));
            case 4 -> new Fault.Deafen(place(random));
            case 5 -> new Fault.Unplug(place(random));
            case 6 -> new Fault.Slow(place(random), 5 + random.nextInt(100), random.nextInt(15));
            case 7 -> new Fault.SlowAll(1 + random.nextInt(20), random.nextInt(5));
            case 8, 9 -> new Fault.FillDisk(place(random));
            default -> processFault(random);
        };
    }

    private static Fault processFault(Random random) {
        return switch (random.nextInt(13)) {
            case 0, 1, 2 -> new Fault.Kill(place(random));
            case 3 -> new Fault.KillAll();
            case 4 -> new Fault.KillMost(random.nextInt(100));
            case 5 -> new Fault.Stop(place(random));
            case 6, 7, 8 -> new Fault.Pause(place(random));
            case 9, 10 -> new Fault.TearLog(place(random), 1 + random.nextInt(400));
            case 11 -> new Fault.FlipState(random.nextInt(100), random.nextDouble());
            default -> new Fault.FlipLog(random.nextInt(100), random.nextDouble());
        };
    }

    /** What an administrator does meanwhile. */
    static Schedule upkeep(Random random, Duration length) {
        List<Step> steps = new ArrayList<>();
        long sum = 0;
        while (sum < length.toMillis()) {
            var step = new Step(500 + random.nextLong(4000), true, 0, upkeep(random));
            steps.add(step);
            sum += step.afterMillis();
        }
        return new Schedule(steps);
    }

    private static Fault upkeep(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Fault.AddMember();
            case 2, 3 -> new Fault.RemoveMember(place(random));
            case 4 -> new Fault.MoveLeader(random.nextInt(100));
            case 5, 6 -> new Fault.Compact();
            default -> new Fault.Defragment(random.nextInt(100));
        };
    }
}
