package io.kvorum.apiserver;

import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apiserver.discovery.HealthCheck;
import io.kvorum.apiserver.proxy.KubeletDetour;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.kvorum.registry.Registry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/**
 * What the API server works with; all of it belongs to the composition root, which starts and closes it.
 *
 * @param kubeletTls trusts kubelets' certificates and shows the server's own to them; asked anew for each connection, and
 *     must give the same object until certificates change
 * @param detour to kubelets that cannot be reached at their address
 * @param chance for any thread and hard to guess, such as SecureRandom
 * @param checks what else must be well before this server is ready, such as the store
 */
public record ApiServerParts(
        Registry registry,
        Catalogue catalogue,
        ServiceAccountTokens tokens,
        Supplier<SSLContext> kubeletTls,
        KubeletDetour detour,
        PrometheusRegistry metrics,
        InstantSource clock,
        RandomGenerator chance,
        List<HealthCheck> checks) {
    public ApiServerParts {
        checks = List.copyOf(checks);
    }
}
