package io.kvorum.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.http.QueryParameters;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RequestBoundsTest {
    private static final RequestInfo LIST = request("GET", "/api/v1/pods", "");
    private static final RequestInfo WATCH = request("GET", "/api/v1/pods", "watch=true");
    private static final RequestInfo CREATE = request("POST", "/api/v1/namespaces", "");

    @Test
    void readersAndWritersHavePlacesOfTheirOwnAndLongRequestsNeedNone() {
        InFlightLimits limits = new InFlightLimits(1, 1);
        InFlightLimits.Place reader = limits.enter(LIST, false);
        assertThatThrownBy(() -> limits.enter(LIST, false)).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.status().code()).isEqualTo(429);
            assertThat(refused.status().toString()).contains("retryAfterSeconds=1");
        });
        limits.enter(CREATE, false).close();
        limits.enter(WATCH, false).close();
        limits.enter(LIST, true).close();
        assertThat(limits.readingNow()).isEqualTo(1);
        reader.close();
        limits.enter(LIST, false).close();
    }

    @Test
    void aShortRequestIsInterruptedAtItsLimitOrTheCallersOwn() throws Exception {
        assertThat(interruptedBy(Duration.ofMillis(50), LIST, "/x")).isTrue();
        assertThat(interruptedBy(Duration.ofMinutes(1), LIST, "/x?timeout=50ms"))
                .isTrue();
    }

    @Test
    void aLongRequestHasNoLimit() throws Exception {
        assertThat(interruptedBy(Duration.ofMillis(20), WATCH, "/x")).isFalse();
    }

    private static boolean interruptedBy(Duration limit, RequestInfo request, String url) throws Exception {
        try (TimeLimit timeLimit = new TimeLimit(limit)) {
            Endpoint endpoint = exchange -> {
                boolean isTimedOut;
                try (TimeLimit.Running running = timeLimit.start(request, exchange)) {
                    isTimedOut = waits() && running.isTimedOut();
                }
                Thread.interrupted();
                exchange.respond(isTimedOut ? 504 : 200, "text/plain", new byte[0]);
            };
            try (var response =
                    LocalCall.to(endpoint, List.of()).send("GET", url, new Headers(), InputStream.nullInputStream())) {
                return response.status() == 504;
            }
        }
    }

    /** @return whether the wait was interrupted */
    private static boolean waits() {
        try {
            return new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static RequestInfo request(String method, String path, String query) {
        return RequestParser.parse(method, path, QueryParameters.parse(query));
    }
}
