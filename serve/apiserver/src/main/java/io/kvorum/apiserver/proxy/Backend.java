package io.kvorum.apiserver.proxy;

import java.net.URI;

/**
 * Where a request goes on to.
 *
 * @param kind whom we believe there
 * @param pathAndQuery raw, from the slash on
 */
record Backend(Kind kind, String host, int port, String pathAndQuery) {
    enum Kind {
        /** TLS by the cluster's own authority; we show our certificate. */
        KUBELET,
        /** TLS by whoever the pod likes; a pod is trusted by its address alone, as upstream does. */
        POD_HTTPS,
        POD_HTTP
    }

    URI uri() {
        String scheme = kind == Kind.POD_HTTP ? "http" : "https";
        return URI.create(scheme + "://" + authority() + pathAndQuery);
    }

    String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
