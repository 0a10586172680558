package io.kvorum.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * The HTTPS door: HTTP/1.1 and HTTP/2, each request on a virtual thread of its own, which is interrupted when its
 * caller is seen to have gone. Started once, stopped once; addresses from any thread.
 */
public final class HttpsServer implements AutoCloseable {
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

    private final JettyDoor door;

    public HttpsServer(HttpConfig config, Tls tls, Endpoint endpoint) {
        this.door = new JettyDoor(config, tls, endpoint);
    }

    /** @throws BindFailed when an address cannot be listened on; then none is */
    public void start() {
        door.start();
    }

    /** Where it listens, in the configuration's order, with the ports really taken. */
    public List<InetSocketAddress> addresses() {
        return door.addresses();
    }

    /** From now on no connection is accepted: whoever tries is refused at once. Those that are open go on. */
    public void refuseNew() {
        door.refuseNew();
    }

    /**
     * Accepts nothing more, lets running requests end until the deadline, then interrupts them and closes all connections.
     *
     * @return whether every request ended by itself
     */
    public boolean stop(Duration deadline) {
        return door.stop(deadline);
    }

    @Override
    public void close() {
        door.stop(CLOSE_DEADLINE);
    }
}
