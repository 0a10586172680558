package io.kvorum.http;

import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each request of Jetty a virtual thread and an {@link Exchange}. Called by Jetty's threads, never blocks them. */
final class EndpointHandler extends Handler.Abstract.NonBlocking {
    private static final Logger log = LoggerFactory.getLogger(EndpointHandler.class);

    private final Endpoint endpoint;
    private final HttpConfig config;
    private final RunningRequests running;

    EndpointHandler(Endpoint endpoint, HttpConfig config, RunningRequests running) {
        this.endpoint = endpoint;
        this.config = config;
        this.running = running;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Thread thread = Thread.ofVirtual().name("http-request").unstarted(() -> converse(request, response, callback));
        if (!running.enter(thread)) {
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, "shutting down");
            return true;
        }
        // A watch may be silent for longer than any connection: only reads and writes may run into the timeout.
        request.addIdleTimeoutListener(timeout -> false);
        request.addFailureListener(gone -> thread.interrupt());
        thread.start();
        return true;
    }

    private void converse(Request request, Response response, Callback callback) {
        try {
            answer(request, response, callback);
        } finally {
            running.leave(Thread.currentThread());
        }
    }

    private void answer(Request request, Response response, Callback callback) {
        JettyExchange exchange;
        try {
            exchange = new JettyExchange(request, response, callback, config);
        } catch (IllegalArgumentException malformed) {
            Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400, malformed.getMessage());
            return;
        }
        try {
            endpoint.handle(exchange);
            exchange.finish();
        } catch (BodyTooLarge e) {
            exchange.fail(HttpStatus.PAYLOAD_TOO_LARGE_413, e);
        } catch (IOException e) {
            log.atDebug().setCause(e).addKeyValue("request", exchange).log("request broke off");
            exchange.fail(HttpStatus.INTERNAL_SERVER_ERROR_500, e);
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).addKeyValue("request", exchange).log("endpoint failed");
            exchange.fail(HttpStatus.INTERNAL_SERVER_ERROR_500, e);
        }
    }
}
