package io.kvorum.simulation;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Carries messages late, twice, out of order or not at all. Used by one thread. */
final class Network {
    private final Agenda agenda;
    private final Map<Integer, BiConsumer<Integer, Message>> doors = new TreeMap<>();
    private final Set<String> cut = new TreeSet<>();
    private double loss;
    private double duplication;
    private double slowness;

    Network(Agenda agenda) {
        this.agenda = agenda;
    }

    void trouble(double itsLoss, double itsDuplication, double itsSlowness) {
        loss = itsLoss;
        duplication = itsDuplication;
        slowness = itsSlowness;
    }

    void open(int member, BiConsumer<Integer, Message> door) {
        doors.put(member, door);
    }

    void close(int member) {
        doors.remove(member);
    }

    /** Messages of the first to the second get lost from here on. */
    void cut(int from, int to) {
        cut.add(from + ">" + to);
    }

    void heal() {
        cut.clear();
    }

    void send(int from, int to, Message message) {
        if (cut.contains(from + ">" + to) || agenda.chance(loss)) {
            return;
        }
        deliverLater(from, to, message);
        // A proposal rides on a connection that delivers at most once, as the product's does.
        if (!(message instanceof Message.Forward) && agenda.chance(duplication)) {
            deliverLater(from, to, message);
        }
    }

    private void deliverLater(int from, int to, Message message) {
        long delay = agenda.chance(slowness) ? agenda.between(5_000, 150_000) : agenda.between(200, 2_000);
        agenda.in(delay, "message", () -> deliver(from, to, message));
    }

    private void deliver(int from, int to, Message message) {
        BiConsumer<Integer, Message> door = doors.get(to);
        if (door != null && !cut.contains(from + ">" + to)) {
            agenda.note(from + " to " + to);
            door.accept(from, message);
        }
    }
}
