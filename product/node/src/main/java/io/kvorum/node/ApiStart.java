package io.kvorum.node;

import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apiserver.ApiServer;
import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.apiserver.ApiServerParts;
import io.kvorum.apiserver.authn.AuthenticationConfig;
import io.kvorum.apiserver.bootstrap.ClusterIdentity;
import io.kvorum.apiserver.discovery.HealthCheck;
import io.kvorum.apiserver.discovery.VersionInfo;
import io.kvorum.apiserver.proxy.KubeletDetour;
import io.kvorum.engine.Store;
import io.kvorum.node.config.ServerConfig;
import io.kvorum.node.config.ServerConfig.Network;
import io.kvorum.pki.ServerCertificates;
import io.kvorum.pki.Trust;
import io.kvorum.pki.token.ServiceAccountTokens;
import io.kvorum.registry.Registry;
import io.kvorum.registry.RegistryConfiguration;
import io.kvorum.registry.ValueSeal;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Builds the registry and the API server on the store. */
final class ApiStart {
    private final ServerConfig config;
    private final ServerCertificates certificates;
    private final KubeletDetour detour;
    private final ValueSeal seal;
    private final InstantSource clock;
    private final SecureRandom chance = new SecureRandom();
    private final Catalogue catalogue = BuiltInCatalogue.load();
    private final PrometheusRegistry metrics = new PrometheusRegistry();

    /**
     * @param detour to kubelets that cannot be reached at their address
     * @param seal of what is secret in the store
     */
    ApiStart(
            ServerConfig config,
            ServerCertificates certificates,
            KubeletDetour detour,
            ValueSeal seal,
            InstantSource clock) {
        this.config = config;
        this.certificates = certificates;
        this.detour = detour;
        this.seal = seal;
        this.clock = clock;
    }

    /** What the server's page of metrics shows. */
    PrometheusRegistry metrics() {
        return metrics;
    }

    Registry registry(Store store) {
        Network network = config.network();
        RegistryConfiguration standard = RegistryConfiguration.STANDARD;
        var registry = new Registry(
                store,
                catalogue,
                clock,
                chance,
                new RegistryConfiguration(
                        List.of(network.serviceCidr().toString()),
                        new RegistryConfiguration.PortRange(network.firstNodePort(), network.lastNodePort()),
                        standard.cache(),
                        standard.eventLifetime(),
                        standard.history(),
                        seal));
        registry.start();
        return registry;
    }

    /**
     * @param liveServers addresses of the API servers that run now
     * @param storeAddresses addresses of the members of the store
     */
    ApiServer apiServer(
            Registry registry, Store store, Supplier<List<String>> liveServers, Supplier<List<String>> storeAddresses) {
        String issuer = "https://kubernetes.default.svc." + config.network().clusterDomain();
        var tokens = new ServiceAccountTokens(
                certificates.serviceAccountKeys(),
                certificates.earlierServiceAccountKeys(),
                issuer,
                clock,
                () -> UUID.randomUUID().toString());
        ServerConfig.Listener listener = config.listener();
        var server = new ApiServer(
                new ApiServerConfig(
                        new AuthenticationConfig(
                                Trust.in(certificates.clientAuthorities()), List.of(issuer, "k3s"), false),
                        new ClusterIdentity(
                                config.network().serviceCidr().address(1),
                                listener.advertisePort(),
                                liveServers,
                                storeAddresses),
                        new VersionInfo(Version.CURRENT.kubernetes(), "", ""),
                        listener.advertiseAddress() + ":" + listener.advertisePort(),
                        limits(config.apiserverArguments()),
                        lostNodes(config)),
                new ApiServerParts(
                        registry,
                        catalogue,
                        tokens,
                        kubeletTls(),
                        detour,
                        metrics,
                        clock,
                        chance,
                        List.of(HealthCheck.ofWrites(
                                "etcd",
                                "the store has no quorum",
                                () -> store.status().quorumLostAt() == null))));
        server.start();
        return server;
    }

    private Supplier<SSLContext> kubeletTls() {
        SSLContext context = Trust.clientContext(
                certificates.serverAuthorities(), certificates.live(certificates.apiServerClient()));
        return () -> context;
    }

    private static ApiServerConfig.Limits limits(Map<String, String> arguments) {
        ApiServerConfig.Limits standard = ApiServerConfig.Limits.STANDARD;
        return new ApiServerConfig.Limits(
                number(arguments, "max-requests-inflight", standard.maxReading()),
                number(arguments, "max-mutating-requests-inflight", standard.maxMutating()),
                Duration.ofSeconds(60));
    }

    private static ApiServerConfig.LostNodes lostNodes(ServerConfig config) {
        ApiServerConfig.LostNodes profile =
                FailOverProfile.of(config.cluster().isEdgeFailOver()).lostNodes();
        Map<String, String> arguments = config.apiserverArguments();
        return new ApiServerConfig.LostNodes(
                number(arguments, "default-not-ready-toleration-seconds", profile.notReadySeconds()),
                number(arguments, "default-unreachable-toleration-seconds", profile.unreachableSeconds()));
    }

    private static int number(Map<String, String> arguments, String name, int otherwise) {
        String text = arguments.get(name);
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new StartFailure("--kube-apiserver-arg %s must be a number, not \"%s\"".formatted(name, text), e);
        }
    }
}
