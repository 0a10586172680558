package io.kvorum.node;

import io.kvorum.node.config.ServerConfig;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A running server: the composition root. Started and stopped by one thread. */
public final class Server implements AutoCloseable {
    private Server() {}

    public static Server start(ServerConfig config) {
        if (config.runsAgent()) {
            throw new StartFailure("not wired yet");
        }
        return new Server();
    }

    public void awaitFailureOr(CountDownLatch asked) throws InterruptedException {
        asked.await();
    }

    public @Nullable Throwable failure() {
        return null;
    }

    @Override
    public void close() {}
}
