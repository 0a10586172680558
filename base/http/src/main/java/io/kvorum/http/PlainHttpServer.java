package io.kvorum.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A door without TLS, HTTP/1.1 only, for health and metrics ports; otherwise as {@link HttpsServer}. */
public final class PlainHttpServer implements AutoCloseable {
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

    private final JettyDoor door;

    public PlainHttpServer(HttpConfig config, Endpoint endpoint) {
        this.door = new JettyDoor(config, null, endpoint);
    }

    /** @throws BindFailed when an address cannot be listened on; then none is */
    public void start() {
        door.start();
    }

    public List<InetSocketAddress> addresses() {
        return door.addresses();
    }

    @Override
    public void close() {
        door.stop(CLOSE_DEADLINE);
    }
}
