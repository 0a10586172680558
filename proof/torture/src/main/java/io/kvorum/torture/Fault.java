package io.kvorum.torture;

/** What can be done to a cluster. Places are numbers that are folded onto the members there are at the time. */
sealed interface Fault {
    /** What it is counted as. */
    default String kind() {
        return getClass().getSimpleName();
    }

    /** One member; the leader if {@code place} is negative. */
    record Kill(int place) implements Fault {}

    record KillAll() implements Fault {}

    /** All but one. */
    record KillMost(int spared) implements Fault {}

    record Stop(int place) implements Fault {}

    record Pause(int place) implements Fault {}

    /** One member cannot reach the others, but its clients can reach it. */
    record Isolate(int place) implements Fault {}

    /** Two members cannot reach each other. */
    record CutPair(int place) implements Fault {}

    /** What one member sends does not reach the others. */
    record Mute(int place) implements Fault {}

    /** What the others send does not reach one member. */
    record Deafen(int place) implements Fault {}

    record Unplug(int place) implements Fault {}

    record Slow(int place, int delayMillis, int lossPercent) implements Fault {}

    record SlowAll(int delayMillis, int lossPercent) implements Fault {}

    record FillDisk(int place) implements Fault {}

    /** A crash in the middle of a write to the log. */
    record TearLog(int place, int bytes) implements Fault {}

    /** A damaged log of a stopped member, which is then replaced. */
    record FlipLog(int place, double where) implements Fault {}

    /** A damaged database of a stopped member, which is replaced if it says so; else it must be as good as whole. */
    record FlipState(int place, double where) implements Fault {}

    record AddMember() implements Fault {}

    record RemoveMember(int place) implements Fault {}

    record MoveLeader(int place) implements Fault {}

    record Compact() implements Fault {}

    record Defragment(int place) implements Fault {}
}
