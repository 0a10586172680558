package io.kvorum.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HealthPageTest {
    private final HealthPage page = new HealthPage(
            "readyz",
            List.of(
                    HealthCheck.of("ping", "", () -> true),
                    HealthCheck.ofWrites("etcd", "the store has no quorum", () -> false)));

    private record Shown(int code, String text) {}

    private Shown show(String query) throws IOException {
        try (var answer = LocalCall.to(exchange -> page.show(exchange, ""), List.of())
                .send("GET", "/readyz" + query, new Headers(), InputStream.nullInputStream())) {
            return new Shown(answer.status(), new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aServerThatCannotWriteIsNotReadyAndSaysWhy() throws Exception {
        assertThat(show("").code()).isEqualTo(500);
        assertThat(show("").text()).contains("[-]etcd failed: the store has no quorum", "readyz check failed");
    }

    @Test
    void aServerThatCannotWriteIsReadyForReads() throws Exception {
        assertThat(show("?mode=read")).isEqualTo(new Shown(200, "ok"));
        assertThat(show("?mode=read&verbose").text()).contains("[+]etcd not needed for reads: ok");
    }
}
