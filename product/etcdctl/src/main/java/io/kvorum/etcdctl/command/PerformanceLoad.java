package io.kvorum.etcdctl.command;

import io.kvorum.etcdctl.session.Failure;

/** How much a performance check writes: so many writes a second by so many clients. */
enum PerformanceLoad {
    SMALL(150, 50),
    MEDIUM(1000, 200),
    LARGE(8000, 500),
    EXTRA_LARGE(15000, 1000);

    private final int writesPerSecond;
    private final int clients;

    PerformanceLoad(int writesPerSecond, int clients) {
        this.writesPerSecond = writesPerSecond;
        this.clients = clients;
    }

    int writesPerSecond() {
        return writesPerSecond;
    }

    int clients() {
        return clients;
    }

    static PerformanceLoad of(String name) {
        return switch (name) {
            case "s", "small" -> SMALL;
            case "m", "medium" -> MEDIUM;
            case "l", "large" -> LARGE;
            case "xl", "xLarge" -> EXTRA_LARGE;
            default -> throw new Failure(Failure.Code.BAD_FEATURE, "unknown load option " + name);
        };
    }
}
