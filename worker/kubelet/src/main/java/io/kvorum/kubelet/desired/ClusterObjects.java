package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What pods need from the API besides themselves. May block; any thread. */
public interface ClusterObjects {
    Optional<ConfigMap> configMap(String namespace, String name);

    Optional<Secret> secret(String namespace, String name);

    /** Where a bound claim's volume lies on this node; empty while it is not bound or not of a kind a node can show. */
    Optional<Path> claim(String namespace, String name);

    /** Every Service, or at least those of this namespace and of {@code default}. */
    List<Service> services(String namespace);

    /** A fresh token of a service account, bound to this pod. */
    Token token(PodRef pod, String serviceAccount, Optional<String> audience, long expirationSeconds);

    /** The token is secret: its text never appears in {@link #toString}. */
    record Token(String text, Instant issued, Instant expires) {
        @Override
        public String toString() {
            return "token expiring " + expires;
        }
    }
}
