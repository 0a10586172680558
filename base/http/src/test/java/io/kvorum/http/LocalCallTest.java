package io.kvorum.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LocalCallTest {
    private static final InputStream EMPTY = InputStream.nullInputStream();

    @Test
    void anAnswerCarriesStatusHeadersAndBody() throws Exception {
        Endpoint echo = exchange -> {
            byte[] body = exchange.body().readAllBytes();
            exchange.responseHeaders().set("X-Path", exchange.path());
            exchange.responseHeaders()
                    .set("X-Query", exchange.query().first("a").orElse("none"));
            exchange.respond(201, "text/plain", body);
        };
        try (var response =
                LocalCall.to(echo, List.of()).send("POST", "/a%20b/c+d?a=x%2Fy", new Headers(), bytes("hello"))) {
            assertThat(response.status()).isEqualTo(201);
            assertThat(response.headers().first("x-path")).contains("/a b/c+d");
            assertThat(response.headers().first("x-query")).contains("x/y");
            assertThat(response.body().readAllBytes()).asString().isEqualTo("hello");
        }
    }

    @Test
    void theStatusIsKnownBeforeTheBodyEnds() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Endpoint slow = exchange -> {
            try (OutputStream out = exchange.respond(200)) {
                out.write('a');
                await(goOn);
                out.write('b');
            }
        };
        try (var response = LocalCall.to(slow, List.of()).send("GET", "/", new Headers(), EMPTY)) {
            assertThat(response.body().read()).isEqualTo('a');
            goOn.countDown();
            assertThat(response.body().read()).isEqualTo('b');
            assertThat(response.body().read()).isEqualTo(-1);
        }
    }

    @Test
    void closingTheBodyInterruptsTheEndpointAndFailsItsWrites() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        Endpoint watch = exchange -> {
            OutputStream out = exchange.respond(200);
            try {
                await(new CountDownLatch(1));
            } catch (IOException interrupted) {
                assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
                failed.countDown();
            }
        };
        LocalCall.to(watch, List.of()).send("GET", "/", new Headers(), EMPTY).close();
        assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSlowReaderMakesTheEndpointWait() throws Exception {
        AtomicInteger blocks = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(6);
        Endpoint flood = exchange -> {
            try (OutputStream out = exchange.respond(200)) {
                for (int i = 0; i < 100; i++) {
                    out.write(new byte[10_000]);
                    blocks.incrementAndGet();
                    full.countDown();
                }
            }
        };
        try (var response = LocalCall.to(flood, List.of()).send("GET", "/", new Headers(), EMPTY)) {
            assertThat(full.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(blocks.get()).isLessThan(8);
            assertThat(response.body().readAllBytes()).hasSize(1_000_000);
        }
    }

    @Test
    void anEndpointThatBreaksOffIsNoProperEnd() throws Exception {
        Endpoint broken = exchange -> {
            exchange.respond(200).write('a');
            throw new IOException("gone");
        };
        try (var response = LocalCall.to(broken, List.of()).send("GET", "/", new Headers(), EMPTY)) {
            assertThat(response.body().read()).isEqualTo('a');
            assertThatThrownBy(() -> response.body().read()).hasMessageContaining("gone");
        }
    }

    @Test
    void noAnswerWithinTheDeadlineIsAFailure() {
        Endpoint silent = exchange -> await(new CountDownLatch(1));
        LocalCall call = LocalCall.to(silent, List.of()).withAnswerDeadline(Duration.ofMillis(50));
        assertThatThrownBy(() -> call.send("GET", "/x", new Headers(), EMPTY))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("GET /x")
                .hasMessageContaining("PT0.05S");
    }

    @Test
    void aBodyAboveTheLimitIsRefused() throws Exception {
        Endpoint reader = exchange -> {
            try {
                exchange.body().readAllBytes();
            } catch (BodyTooLarge e) {
                exchange.respond(413, "text/plain", new byte[0]);
            }
        };
        InputStream body = new ByteArrayInputStream(new byte[3 * 1024 * 1024 + 1]);
        try (var response = LocalCall.to(reader, List.of()).send("POST", "/", new Headers(), body)) {
            assertThat(response.status()).isEqualTo(413);
        }
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nothing happened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
