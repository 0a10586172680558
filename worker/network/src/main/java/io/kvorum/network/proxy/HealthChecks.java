package io.kvorum.network.proxy;

import io.kvorum.http.BindFailed;
import io.kvorum.http.HttpConfig;
import io.kvorum.http.PlainHttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health check ports of Services, one small HTTP server each. Changed by one thread. */
final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    private final String address;
    private final SortedMap<Integer, PlainHttpServer> servers = new TreeMap<>();
    /** As many as there are servers. */
    private final Map<Integer, HealthCheck> current = new ConcurrentHashMap<>();

    HealthChecks(String address) {
        this.address = address;
    }

    void serve(SortedMap<Integer, HealthCheck> wanted) {
        current.putAll(wanted);
        Iterator<Map.Entry<Integer, PlainHttpServer>> known = servers.entrySet().iterator();
        while (known.hasNext()) {
            Map.Entry<Integer, PlainHttpServer> each = known.next();
            if (!wanted.containsKey(each.getKey())) {
                each.getValue().close();
                known.remove();
                current.remove(each.getKey());
            }
        }
        wanted.keySet().stream().filter(port -> !servers.containsKey(port)).forEach(this::open);
    }

    private void open(int port) {
        PlainHttpServer server =
                new PlainHttpServer(HttpConfig.listeningOn(new InetSocketAddress(address, port)), exchange -> {
                    HealthCheck check = current.getOrDefault(port, new HealthCheck("", "", 0));
                    exchange.respond(
                            check.httpStatus(), "application/json", check.json().getBytes(StandardCharsets.UTF_8));
                });
        try {
            server.start();
            servers.put(port, server);
        } catch (BindFailed taken) {
            LOG.atError()
                    .addKeyValue("port", port)
                    .addKeyValue("why", taken.getMessage())
                    .log("health checks of a Service cannot be answered");
        }
    }

    @Override
    public void close() {
        servers.values().forEach(PlainHttpServer::close);
        servers.clear();
    }
}
