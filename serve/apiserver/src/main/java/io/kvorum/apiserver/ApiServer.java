package io.kvorum.apiserver;

import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.admission.NodeTokenRule;
import io.kvorum.apiserver.authn.Authenticator;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.authn.IdentityReviews;
import io.kvorum.apiserver.authn.TokenRequests;
import io.kvorum.apiserver.authz.Access.ToResource;
import io.kvorum.apiserver.authz.AccessReviews;
import io.kvorum.apiserver.authz.Authorized;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.bootstrap.Bootstrap;
import io.kvorum.apiserver.bootstrap.DefaultPolicy;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.RegistryObjects;
import io.kvorum.apiserver.discovery.HealthCheck;
import io.kvorum.apiserver.discovery.ServerPages;
import io.kvorum.apiserver.handle.Neighbours;
import io.kvorum.apiserver.handle.ResourceHandler;
import io.kvorum.apiserver.handle.TokenIssuer;
import io.kvorum.apiserver.handle.VirtualResource;
import io.kvorum.apiserver.http.InFlightLimits;
import io.kvorum.apiserver.http.RequestInfo;
import io.kvorum.apiserver.http.RequestMetrics;
import io.kvorum.apiserver.http.TimeLimit;
import io.kvorum.apiserver.proxy.Connections;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Kubernetes API: give it to an HTTPS door, to in-process calls, or to both. Started and closed once; requests come
 * on any thread, one each.
 */
public final class ApiServer implements Endpoint, AutoCloseable {
    private final ApiServerConfig config;
    private final ApiServerParts parts;
    private final Authorizer authorizer;
    private final Bootstrap bootstrap;
    private final TimeLimit timeLimit;
    private final LongRequests longRequests = new LongRequests();
    private final RequestPipeline pipeline;

    public ApiServer(ApiServerConfig config, ApiServerParts parts) {
        this.config = config;
        this.parts = parts;
        ClusterObjects objects = new RegistryObjects(parts.registry(), parts.catalogue());
        this.authorizer = new Authorizer(objects, DefaultPolicy.nodeRules());
        this.bootstrap = new Bootstrap(parts.registry(), parts.catalogue(), config.cluster());
        this.timeLimit = new TimeLimit(config.limits().requestTimeout());
        this.pipeline = new RequestPipeline(stages(objects), longRequests, parts.chance());
    }

    private RequestPipeline.Stages stages(ClusterObjects objects) {
        Authenticator authenticator = new Authenticator(
                config.authentication(), parts.tokens(), objects, this::requireImpersonation, parts.clock());
        InFlightLimits limits =
                new InFlightLimits(config.limits().maxReading(), config.limits().maxMutating());
        Connections connections = new Connections(objects, parts.kubeletTls(), parts.detour(), parts.chance());
        Neighbours neighbours = new Neighbours(
                tokenIssuer(objects),
                connections::connect,
                this::requireCreation,
                reviews(authenticator, new AccessReviews(authorizer)));
        ResourceHandler resources = new ResourceHandler(
                parts.registry(),
                parts.catalogue(),
                AdmissionChain.standard(objects, authorizer, config.lostNodes(), parts.chance()),
                neighbours,
                parts.clock(),
                parts.chance());
        return new RequestPipeline.Stages(
                new RequestMetrics(parts.metrics(), limits, parts.catalogue()),
                authenticator,
                limits,
                timeLimit,
                authorizer,
                pages(),
                connections,
                resources);
    }

    private TokenIssuer tokenIssuer(ClusterObjects objects) {
        TokenRequests requests = new TokenRequests(
                parts.tokens(), objects, config.authentication().apiAudiences(), parts.clock());
        NodeTokenRule rule = new NodeTokenRule(objects);
        return (request, serviceAccount, body) -> {
            rule.require(request.caller(), serviceAccount, body);
            return requests.issue(serviceAccount, body);
        };
    }

    private static Map<String, VirtualResource> reviews(Authenticator authenticator, AccessReviews access) {
        IdentityReviews identity = new IdentityReviews(authenticator);
        return Map.of(
                "tokenreviews.authentication.k8s.io", (request, review) -> identity.token(review),
                "selfsubjectreviews.authentication.k8s.io",
                        (request, review) -> identity.self(request.caller(), review),
                "selfsubjectaccessreviews.authorization.k8s.io",
                        (request, review) -> access.self(request.caller(), review),
                "selfsubjectrulesreviews.authorization.k8s.io",
                        (request, review) -> access.rules(request.caller(), review),
                "subjectaccessreviews.authorization.k8s.io", (request, review) -> access.other(review),
                "localsubjectaccessreviews.authorization.k8s.io",
                        (request, review) -> access.local(request.request().namespace(), review));
    }

    private ServerPages pages() {
        List<HealthCheck> alive = List.of(HealthCheck.of("ping", "", () -> true));
        List<HealthCheck> ready = new ArrayList<>(alive);
        ready.addAll(parts.checks());
        ready.add(HealthCheck.of("rbac-cache", "roles and bindings are still being read", authorizer::isReady));
        ready.add(
                HealthCheck.of("poststarthook/bootstrap", "start objects are still being made", this::isBootstrapped));
        return new ServerPages(
                config.version(),
                parts.catalogue(),
                parts.tokens(),
                parts.metrics(),
                config.externalAddress(),
                new ServerPages.Health(alive, ready));
    }

    private void requireCreation(Authorized changing) {
        RequestInfo request = changing.request();
        GroupVersionResource resource = request.resource();
        if (resource != null) {
            authorizer.require(
                    changing.caller(),
                    new ToResource(
                            "create", resource.group(), resource.resource(), "", request.namespace(), request.name()));
        }
    }

    private boolean isBootstrapped() {
        return bootstrap.isDone();
    }

    private void requireImpersonation(
            Caller caller, String group, String resource, String subresource, String namespace, String name) {
        authorizer.require(caller, new ToResource("impersonate", group, resource, subresource, namespace, name));
    }

    /** Begins to read the policy and to make the start objects; answers requests from here on. */
    public void start() {
        authorizer.start();
        bootstrap.start();
    }

    /** Whether every stage can do its work. */
    public boolean isReady() {
        return authorizer.isReady() && bootstrap.isDone();
    }

    /** @return false when the start objects were not there in time */
    public boolean awaitBootstrap(Duration deadline) throws InterruptedException {
        return bootstrap.awaitDone(deadline);
    }

    /** @throws IOException when the connection broke; every other failure is answered */
    @Override
    public void handle(Exchange exchange) throws IOException {
        pipeline.handle(exchange);
    }

    /** Ends watches, logs and execs; short requests end by themselves. Close the doors afterwards. */
    @Override
    public void close() {
        bootstrap.close();
        longRequests.interruptAll();
        authorizer.close();
        timeLimit.close();
    }
}
