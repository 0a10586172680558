package io.kvorum.network.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
    @Test
    void loadBalancersLearnWhetherThisNodeHasBackends() throws Exception {
        int port = freePort();
        try (var checks = new HealthChecks("127.0.0.1");
                var client = HttpClient.newHttpClient()) {
            checks.serve(one(port, 2));
            assertThat(ask(client, port).statusCode()).isEqualTo(200);
            assertThat(ask(client, port).body())
                    .contains("\"localEndpoints\":2")
                    .contains("\"name\":\"web\"");

            checks.serve(one(port, 0));
            assertThat(ask(client, port).statusCode()).isEqualTo(503);

            checks.serve(Collections.emptySortedMap());
            assertThatThrownBy(() -> ask(client, port)).isInstanceOf(ConnectException.class);
        }
    }

    private static SortedMap<Integer, HealthCheck> one(int port, int endpoints) {
        SortedMap<Integer, HealthCheck> checks = new TreeMap<>();
        checks.put(port, new HealthCheck("shop", "web", endpoints));
        return checks;
    }

    private static HttpResponse<String> ask(HttpClient client, int port) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return socket.getLocalPort();
        }
    }
}
