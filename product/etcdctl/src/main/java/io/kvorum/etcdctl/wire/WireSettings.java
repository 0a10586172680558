package io.kvorum.etcdctl.wire;

import java.time.Duration;
import java.util.List;

/** How to reach etcd. Empty file names mean: none. {@code secureByDefault} is about endpoints without a scheme. */
public record WireSettings(
        List<String> endpoints,
        String cacert,
        String cert,
        String key,
        boolean skipVerification,
        boolean secureByDefault,
        Duration dialTimeout,
        Duration commandTimeout,
        Duration keepaliveTime,
        Duration keepaliveTimeout,
        Credentials credentials) {
    public WireSettings {
        endpoints = List.copyOf(endpoints);
    }

    boolean secure(String endpoint) {
        if (endpoint.startsWith("https://")) {
            return true;
        }
        if (endpoint.startsWith("http://")) {
            return false;
        }
        return secureByDefault || !cacert.isEmpty() || !cert.isEmpty();
    }
}
