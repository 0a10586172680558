package io.kvorum.node;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kvorum.agent.balancer.ServerAddress;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which servers the cluster has, from the endpoints of the Service {@code kubernetes}. Works on
 * threads of its own until it is closed.
 */
final class ServerListFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerListFeed.class);
    private static final Duration FIRST_LIST = Duration.ofSeconds(30);
    private static final String SERVICE = "kubernetes";

    private final Consumer<List<ServerAddress>> told;
    private final Informers informers;
    private final Informer<EndpointSlice> slices;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param client may read endpoints */
    ServerListFeed(KubernetesClient client, Consumer<List<ServerAddress>> told) {
        this.told = told;
        this.informers = new Informers(client);
        this.slices = informers.of(EndpointSlice.class, Scope.namespace("default"));
        slices.onChange((before, after) -> tell());
    }

    void start() {
        Thread.ofVirtual().name("server-list").start(this::run);
    }

    private void run() {
        try {
            while (closing.getCount() > 0 && !informers.start(FIRST_LIST)) {
                LOG.atDebug().log("the list of servers cannot be read yet");
            }
            tell();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        List<ServerAddress> servers = new ArrayList<>();
        for (EndpointSlice slice : slices.all()) {
            if (SERVICE.equals(
                    slice.getMetadata().getLabels() == null
                            ? null
                            : slice.getMetadata().getLabels().get("kubernetes.io/service-name"))) {
                addAll(servers, slice);
            }
        }
        told.accept(servers);
    }

    private static void addAll(List<ServerAddress> servers, EndpointSlice slice) {
        if (slice.getPorts().isEmpty() || slice.getPorts().getFirst().getPort() == null) {
            return;
        }
        int port = slice.getPorts().getFirst().getPort();
        for (Endpoint endpoint : slice.getEndpoints()) {
            endpoint.getAddresses().forEach(address -> servers.add(new ServerAddress(address, port)));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        informers.close();
    }
}
