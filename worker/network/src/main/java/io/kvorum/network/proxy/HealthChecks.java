package io.kvorum.network.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health check ports of Services. Changed by one thread. */
final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    private final String address;
    private final SortedMap<Integer, HealthCheckDoor> doors = new TreeMap<>();
    /** As many as there are doors. */
    private final Map<Integer, HealthCheck> current = new ConcurrentHashMap<>();

    HealthChecks(String address) {
        this.address = address;
    }

    void serve(SortedMap<Integer, HealthCheck> wanted) {
        current.putAll(wanted);
        Iterator<Map.Entry<Integer, HealthCheckDoor>> known = doors.entrySet().iterator();
        while (known.hasNext()) {
            Map.Entry<Integer, HealthCheckDoor> each = known.next();
            if (!wanted.containsKey(each.getKey())) {
                each.getValue().close();
                known.remove();
                current.remove(each.getKey());
            }
        }
        wanted.keySet().stream().filter(port -> !doors.containsKey(port)).forEach(this::open);
    }

    private void open(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            doors.put(port, new HealthCheckDoor(socket, () -> current.getOrDefault(port, new HealthCheck("", "", 0))));
        } catch (IOException taken) {
            LOG.atError()
                    .addKeyValue("port", port)
                    .addKeyValue("why", taken.getMessage())
                    .log("health checks of a Service cannot be answered");
        }
    }

    @Override
    public void close() {
        doors.values().forEach(HealthCheckDoor::close);
        doors.clear();
    }
}
