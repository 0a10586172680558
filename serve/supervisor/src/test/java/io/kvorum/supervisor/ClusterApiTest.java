package io.kvorum.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.http.Endpoint;
import io.kvorum.pki.ServerCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ClusterApiTest {
    @TempDir
    private Path folder;

    private ClusterApi api(Endpoint endpoint) {
        return new ClusterApi(
                endpoint,
                ServerCertificates.open(folder, InstantSource.fixed(Instant.EPOCH))
                        .supervisor());
    }

    @Test
    void anAddressThatNothingServesIsAnsweredInWords() throws IOException {
        byte[] words = "page not found\n".getBytes(StandardCharsets.UTF_8);

        assertThat(api(exchange -> exchange.respond(404, "text/plain", words)).find("/apis/helm.cattle.io/v1"))
                .isEmpty();
        assertThatThrownBy(() -> api(exchange -> exchange.respond(503, "text/plain", words))
                        .find("/api/v1"))
                .isInstanceOf(IOException.class)
                .hasMessage("GET /api/v1 was answered 503: page not found");
    }

    @Test
    void whatIsAppliedIsTakenOverFromWhoeverSaidOtherwise() throws IOException {
        List<String> asked = new ArrayList<>();
        ClusterApi api = api(exchange -> {
            asked.add(exchange.method() + " " + exchange.path() + " "
                    + exchange.query().first("force").orElse("") + " "
                    + exchange.query().first("fieldManager").orElse("") + " "
                    + exchange.requestHeaders().first("Content-Type").orElse(""));
            exchange.respond(200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        });

        api.apply("/api/v1/namespaces/shop", JsonMapper.shared().createObjectNode(), "us");

        assertThat(asked).containsExactly("PATCH /api/v1/namespaces/shop true us application/apply-patch+yaml");
    }
}
