package io.kvorum.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * One line of the table: a kind of load and how many clients make it.
 *
 * @param member whom the clients are connected to; the first one leads
 */
record Cell(String kind, int clients, int member, Load load) {
    private static final int MOST_CONNECTIONS = 8;

    /** How a cell's load is made. */
    sealed interface Load {
        record Requests(Workload workload) implements Load {}

        record Watchers() implements Load {}
    }

    String title() {
        return kind + ", " + clients;
    }

    <T> ClosedLoop.Outcome<T> run(Wires.Bundle wires, Duration lead, Duration length, Supplier<T> meter) {
        return switch (load) {
            case Load.Requests requests -> ClosedLoop.run(requests.workload(), clients, wires, lead, length, meter);
            case Load.Watchers _ -> FanOut.run(clients, wires, lead, length, meter);
        };
    }

    /** Before any warm-up, and once only. */
    boolean isCold() {
        return kind.equals(FIRST_PUTS);
    }

    int connections() {
        return Math.min(clients, MOST_CONNECTIONS);
    }

    static final String PUTS = "put";
    static final String FIRST_PUTS = "put, first 10 s of all";
    static final String GETS = "get, linearizable";
    static final String LOCAL_GETS = "get, serializable";

    static List<Cell> all() {
        return List.of(
                leader(FIRST_PUTS, 64, Workloads::puts),
                leader(PUTS, 1, Workloads::puts),
                leader(PUTS, 16, Workloads::puts),
                leader(PUTS, 64, Workloads::puts),
                leader(PUTS, 256, Workloads::puts),
                leader(PUTS, 1000, Workloads::puts),
                leader(GETS, 1, Workloads::gets),
                leader(GETS, 64, Workloads::gets),
                leader(GETS, 256, Workloads::gets),
                leader(LOCAL_GETS, 1, Workloads::serializableGets),
                leader(LOCAL_GETS, 64, Workloads::serializableGets),
                leader(LOCAL_GETS, 256, Workloads::serializableGets),
                leader("80 % get, 20 % put", 64, Workloads::mixed),
                leader("range of 1000 keys", 16, Workloads::ranges),
                leader("update as Kubernetes", 1, Workloads::updates),
                leader("update as Kubernetes", 64, Workloads::updates),
                follower("put at a follower", 64, Workloads::puts),
                follower("get at a follower, linearizable", 64, Workloads::gets),
                leader("lease grant", 64, Workloads::grants),
                leader("lease keep-alive", 64, Workloads::keepAlives),
                new Cell("event to watchers", 10_000, 0, new Load.Watchers()));
    }

    private static Cell leader(String kind, int clients, Workload workload) {
        return new Cell(kind, clients, 0, new Load.Requests(workload));
    }

    private static Cell follower(String kind, int clients, Workload workload) {
        return new Cell(kind, clients, 1, new Load.Requests(workload));
    }
}
