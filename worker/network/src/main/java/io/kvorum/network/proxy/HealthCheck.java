package io.kvorum.network.proxy;

/** What a load balancer learns about a Service on this node. */
record HealthCheck(String namespace, String name, int localEndpoints) {
    int httpStatus() {
        return localEndpoints > 0 ? 200 : 503;
    }

    String json() {
        return """
                {"service":{"namespace":"%s","name":"%s"},"localEndpoints":%d,"serviceProxyHealthy":true}
                """.formatted(namespace, name, localEndpoints).strip();
    }
}
