package io.kvorum.supervisor;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a node asks before it is one: is somebody there, and which authority vouches for it. It stands before the API on
 * the same port and passes everything else on; any thread.
 */
public final class Supervisor implements Endpoint {
    private final byte[] serverCaPem;
    private final Endpoint api;

    public Supervisor(String serverCaPem, Endpoint api) {
        this.serverCaPem = serverCaPem.getBytes(StandardCharsets.UTF_8);
        this.api = api;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        switch (exchange.path()) {
            case "/ping" -> answer(exchange, "pong".getBytes(StandardCharsets.UTF_8));
            case "/cacerts" -> answer(exchange, serverCaPem);
            default -> api.handle(exchange);
        }
    }

    private static void answer(Exchange exchange, byte[] body) throws IOException {
        boolean isRead = exchange.method().equals("GET") || exchange.method().equals("HEAD");
        exchange.respond(isRead ? 200 : 405, "text/plain", isRead ? body : new byte[0]);
    }
}
