package io.kvorum.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** What happens when, in virtual time; the only source of chance. One thread runs it. */
final class Agenda implements InstantSource {
    private static final Instant DAWN = Instant.ofEpochSecond(1_800_000_000L);

    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparingLong(Item::atMicros).thenComparingLong(Item::number));
    private final RandomGenerator random;
    private volatile long nowMicros;
    private long lastNumber;
    private long steps;
    private long trace = 17;

    Agenda(RandomGenerator random) {
        this.random = random;
    }

    private record Item(long atMicros, long number, String what, Runnable act) {}

    void in(long micros, String what, Runnable act) {
        items.add(new Item(nowMicros + Math.max(0, micros), ++lastNumber, what, act));
    }

    /** Runs the next item; false when it lies behind the given time or there is none. */
    boolean runNext(long untilMicros) {
        Item next = items.peek();
        if (next == null || next.atMicros() > untilMicros) {
            nowMicros = Math.max(nowMicros, untilMicros);
            return false;
        }
        items.remove();
        nowMicros = next.atMicros();
        steps++;
        note(next.what());
        next.act().run();
        return true;
    }

    /** Whatever is noted must be the same in every run of the seed. */
    void note(String what) {
        trace = trace * 31 + what.hashCode();
        trace = trace * 31 + nowMicros;
    }

    long trace() {
        return trace;
    }

    /** Counts what has happened: a clock in which no two happenings are at the same time. */
    long step() {
        return ++steps;
    }

    long steps() {
        return steps;
    }

    long nowMicros() {
        return nowMicros;
    }

    @Override
    public Instant instant() {
        return DAWN.plusNanos(nowMicros * 1000);
    }

    RandomGenerator random() {
        return random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Between the two, both inclusive. */
    long between(long least, long most) {
        return least + random.nextLong(most - least + 1);
    }
}
