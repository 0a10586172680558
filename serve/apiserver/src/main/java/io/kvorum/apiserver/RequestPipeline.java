package io.kvorum.apiserver;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apiserver.authn.Authenticated;
import io.kvorum.apiserver.authn.Authenticator;
import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.discovery.ServerPages;
import io.kvorum.apiserver.handle.ResourceHandler;
import io.kvorum.apiserver.http.InFlightLimits;
import io.kvorum.apiserver.http.LongRunning;
import io.kvorum.apiserver.http.ObservedExchange;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.apiserver.http.RequestMetrics;
import io.kvorum.apiserver.http.RequestParser;
import io.kvorum.apiserver.http.StatusResponse;
import io.kvorum.apiserver.http.TimeLimit;
import io.kvorum.apiserver.proxy.Connections;
import io.kvorum.http.BodyTooLarge;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request's way through the stages, and the one place where failures become answers; any thread, one per request. */
final class RequestPipeline implements Endpoint {
    private static final Logger log = LoggerFactory.getLogger(RequestPipeline.class);
    private static final String AUDIT_ID = "Audit-ID";
    private static final int MAX_AUDIT_ID = 64;

    /** The stages in the order of a request. */
    record Stages(
            RequestMetrics metrics,
            Authenticator authenticator,
            InFlightLimits limits,
            TimeLimit timeLimit,
            Authorizer authorizer,
            ServerPages pages,
            Connections connections,
            ResourceHandler resources) {}

    private final Stages stages;
    private final LongRequests longRequests;
    private final RandomGenerator chance;

    RequestPipeline(Stages stages, LongRequests longRequests, RandomGenerator chance) {
        this.stages = stages;
        this.longRequests = longRequests;
        this.chance = chance;
    }

    @Override
    public void handle(Exchange raw) throws IOException {
        ObservedExchange exchange = new ObservedExchange(raw);
        exchange.responseHeaders().set(AUDIT_ID, auditId(exchange));
        RequestInfo request;
        try {
            request = RequestParser.parse(exchange);
        } catch (ApiException malformed) {
            StatusResponse.send(exchange, malformed.status());
            return;
        }
        long start = System.nanoTime();
        stages.metrics().began(request);
        try {
            answer(request, exchange);
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            stages.metrics().ended(request, exchange.status(), took);
            log.atDebug()
                    .addKeyValue("verb", request.verb())
                    .addKeyValue("path", request.path())
                    .addKeyValue("code", exchange.status())
                    .addKeyValue("took", took)
                    .addKeyValue("from", exchange.remoteAddress())
                    .log("request answered");
        }
    }

    private void answer(RequestInfo request, Exchange exchange) throws IOException {
        TimeLimit.Running clock = stages.timeLimit().start(request, exchange);
        try {
            pass(request, exchange);
            clock.close();
        } catch (BodyTooLarge e) {
            clock.close();
            fail(exchange, ApiException.tooLarge("Request entity too large: limit is " + e.limitBytes()), e);
        } catch (ApiException e) {
            clock.close();
            fail(exchange, clock.isTimedOut() ? timedOut() : e, e);
        } catch (IOException e) {
            clock.close();
            if (!clock.isTimedOut()) {
                throw e;
            }
            fail(exchange, timedOut(), e);
        } catch (RuntimeException e) {
            clock.close();
            if (!clock.isTimedOut()) {
                log.atError()
                        .setCause(e)
                        .addKeyValue("verb", request.verb())
                        .addKeyValue("path", request.path())
                        .log("request failed");
            }
            fail(exchange, clock.isTimedOut() ? timedOut() : ApiException.internal(String.valueOf(e.getMessage())), e);
        }
    }

    private void pass(RequestInfo request, Exchange exchange) throws IOException {
        Authenticated authenticated = stages.authenticator().authenticate(request, exchange);
        boolean isExempt = authenticated.caller().isIn("system:masters");
        try (InFlightLimits.Place _ = stages.limits().enter(request, isExempt)) {
            Authorized authorized = stages.authorizer().authorize(authenticated, exchange.query());
            if (LongRunning.is(request)) {
                longRequests.during(() -> dispatch(authorized, exchange));
            } else {
                dispatch(authorized, exchange);
            }
        }
    }

    private void dispatch(Authorized authorized, Exchange exchange) throws IOException {
        RequestInfo request = authorized.request();
        if (!request.isResourceRequest()) {
            stages.pages().handle(exchange);
        } else if (request.subresource().equals("proxy")) {
            stages.connections().proxy(authorized, exchange);
        } else {
            stages.resources().handle(authorized, exchange);
        }
    }

    private static void fail(Exchange exchange, ApiException failure, Exception cause) throws IOException {
        if (exchange.isCommitted()) {
            throw new IOException("the answer broke off: " + cause.getMessage(), cause);
        }
        // A thread that was interrupted over its time could not write the answer.
        Thread.interrupted();
        exchange.responseHeaders().remove("Content-Length").remove("Content-Encoding");
        StatusResponse.send(exchange, failure.status());
    }

    private static ApiException timedOut() {
        return new ApiException(
                new ApiStatus(504, "Timeout", "Timeout: request did not complete within the allotted timeout", null));
    }

    private String auditId(Exchange exchange) {
        return exchange.requestHeaders()
                .first(AUDIT_ID)
                .filter(id -> !id.isBlank() && id.length() <= MAX_AUDIT_ID)
                .orElseGet(this::newId);
    }

    private String newId() {
        byte[] id = new byte[16];
        chance.nextBytes(id);
        String hex = HexFormat.of().formatHex(id);
        return "%s-%s-4%s-a%s-%s"
                .formatted(
                        hex.substring(0, 8),
                        hex.substring(8, 12),
                        hex.substring(13, 16),
                        hex.substring(17, 20),
                        hex.substring(20));
    }
}
