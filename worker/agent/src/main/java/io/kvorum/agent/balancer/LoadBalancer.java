package io.kvorum.agent.balancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port on the loopback that leads to whichever server serves. One owner starts and closes it; {@link #servers} from any
 * thread.
 */
public final class LoadBalancer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);
    private static final int BACKLOG = 128;
    /** A server that failed one check is asked again so soon. */
    private static final Duration DOUBT = Duration.ofMillis(50);

    private static final Comparator<Choice> PREFERENCE = Comparator.comparing(Choice::standing)
            .thenComparing(choice -> choice.upstream().isLastResort())
            .thenComparing(choice -> choice.upstream().rank(), Long::compareUnsigned);

    private final BalancerConfig config;
    private final HealthCheck check;
    private final ServerAddress original;
    private final ServerList list;
    /** Guarded by this. */
    private final Map<ServerAddress, Upstream> upstreams = new TreeMap<>();

    private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
    private final Semaphore slots;
    private final ServerSocket door;
    private volatile boolean closed;

    /** A server of the list and what is known of it, for people. */
    public record Known(ServerAddress server, String standing) {}

    /** A server with what was known of it at one moment, so that a list is sorted by one truth. */
    private record Choice(Upstream upstream, Upstream.Standing standing) {}

    /** Binds the port at once, so that a port that is taken is found before anything else is begun. */
    public LoadBalancer(BalancerConfig config, HealthCheck check) {
        this.config = config;
        this.check = check;
        this.original = ServerAddress.of(URI.create(config.serverUrl()));
        this.list = new ServerList(config.file(), config.serverUrl());
        this.slots = new Semaphore(config.maxConnections());
        this.door = bound(config.listen());
    }

    private static ServerSocket bound(InetSocketAddress listen) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(listen, BACKLOG);
            return socket;
        } catch (IOException taken) {
            throw new UncheckedIOException(
                    "the load balancer cannot listen on %s (%s); stop whatever does, or set --lb-server-port"
                            .formatted(listen, taken.getMessage()),
                    taken);
        }
    }

    public void start() {
        follow(list.read());
        Thread.ofVirtual().name("balancer").start(this::accept);
        LOG.atInfo()
                .addKeyValue("at", address())
                .addKeyValue("servers", known())
                .log("load balancer listens");
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), door.getLocalPort());
    }

    /** The servers that the cluster now has. An empty list says nothing about the cluster and is not taken. */
    public void servers(List<ServerAddress> servers) {
        if (servers.isEmpty() || closed) {
            return;
        }
        List<ServerAddress> sorted = List.copyOf(new TreeSet<>(servers));
        if (follow(sorted)) {
            list.write(sorted);
            LOG.atInfo().addKeyValue("servers", sorted).log("list of servers changed");
        }
    }

    /** What is known of all servers, the most preferred first. */
    public List<Known> known() {
        return choices().stream()
                .map(each ->
                        new Known(each.upstream().address(), each.standing().name()))
                .toList();
    }

    /**
     * Whether anything changed. A server that is no longer listed but serves keeps its connections, and stays a last resort
     * until it fails: while servers come and go, their lists may differ for a moment.
     */
    private boolean follow(List<ServerAddress> servers) {
        List<Upstream> fresh = new ArrayList<>();
        boolean isChanged;
        synchronized (this) {
            if (closed) {
                return false;
            }
            Set<ServerAddress> wanted = new TreeSet<>(servers);
            isChanged = !listed().equals(wanted);
            wanted.forEach(address -> add(address, fresh));
            add(original, fresh);
            upstreams.values().forEach(each -> each.setLastResort(!wanted.contains(each.address())));
        }
        fresh.forEach(each ->
                Thread.ofVirtual().name("server-check " + each.address()).start(() -> watch(each)));
        return isChanged;
    }

    private Set<ServerAddress> listed() {
        Set<ServerAddress> listed = new TreeSet<>();
        upstreams.values().stream().filter(each -> !each.isLastResort()).forEach(each -> listed.add(each.address()));
        return listed;
    }

    private void add(ServerAddress address, List<Upstream> fresh) {
        upstreams.computeIfAbsent(address, absent -> {
            var upstream =
                    new Upstream(address, config.spread(), config.patience().steady());
            fresh.add(upstream);
            return upstream;
        });
    }

    private void watch(Upstream upstream) {
        try {
            do {
                upstream.report(check.isServing(upstream.address()));
                forgetIfGone(upstream);
            } while (upstream.awaitNextCheck(
                    upstream.isDoubted() ? DOUBT : config.patience().checkEvery()));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void forgetIfGone(Upstream upstream) {
        boolean isGone;
        synchronized (this) {
            isGone = upstream.isLastResort()
                    && upstream.standing() == Upstream.Standing.FAILED
                    && !upstream.address().equals(original)
                    && upstreams.remove(upstream.address(), upstream);
        }
        if (isGone) {
            upstream.remove();
        }
    }

    private List<Upstream> candidates() {
        return choices().stream().map(Choice::upstream).toList();
    }

    private List<Choice> choices() {
        List<Upstream> all;
        synchronized (this) {
            all = List.copyOf(upstreams.values());
        }
        return all.stream()
                .map(each -> new Choice(each, each.standing()))
                .sorted(PREFERENCE)
                .toList();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = door.accept();
                if (slots.tryAcquire()) {
                    Thread.ofVirtual().name("balancer-passage").start(() -> carry(client));
                } else {
                    LOG.atWarn()
                            .addKeyValue("connections", config.maxConnections())
                            .log("too many connections through the load balancer, one more is refused");
                    client.close();
                }
            } catch (IOException failure) {
                if (!closed) {
                    LOG.atWarn().addKeyValue("why", failure.getMessage()).log("connection cannot be accepted");
                }
            }
        }
    }

    private void carry(Socket client) {
        try (var passage = new Passage(client, config.patience())) {
            passages.add(passage);
            if (!closed) {
                passage.run(this::candidates);
            }
            passages.remove(passage);
        } finally {
            slots.release();
        }
    }

    @Override
    public void close() {
        List<Upstream> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(upstreams.values());
            upstreams.clear();
        }
        try {
            door.close();
        } catch (IOException failure) {
            LOG.atDebug().setCause(failure).log("load balancer's port did not close cleanly");
        }
        all.forEach(Upstream::remove);
        passages.forEach(Passage::close);
    }
}
