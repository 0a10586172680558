package io.kvorum.apiserver.discovery;

import io.kvorum.apimachinery.codec.MediaType;
import io.kvorum.http.Exchange;
import java.util.Optional;

/** Reads off an Accept header whether a client wants discovery in one document; any thread. */
final class AggregatedRequest {
    private AggregatedRequest() {}

    /** The version of apidiscovery.k8s.io; empty for a client that wants the older documents. */
    static Optional<String> wantedVersion(Exchange exchange) {
        String accept = String.join(",", exchange.requestHeaders().all("Accept"));
        for (MediaType wanted : MediaType.parseAccept(accept)) {
            if (wanted.covers("application/json")) {
                boolean isAggregated = wanted.parameter("g").equals("apidiscovery.k8s.io")
                        && wanted.parameter("as").equals("APIGroupDiscoveryList")
                        && wanted.parameter("v").equals("v2");
                if (isAggregated) {
                    return Optional.of(wanted.parameter("v"));
                }
                if (wanted.parameter("as").isEmpty()) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    static String contentType(String version) {
        return "application/json;g=apidiscovery.k8s.io;v=%s;as=APIGroupDiscoveryList".formatted(version);
    }
}
