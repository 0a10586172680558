package io.kvorum.apiserver.admission;

import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.apiserver.authz.Authorizer;
import io.kvorum.apiserver.cluster.ClusterObjects;
import java.util.List;
import java.util.random.RandomGenerator;

/** All plugins in upstream's order; any thread. Webhooks and policies belong at the end. */
public final class AdmissionChain implements Admission {
    private final List<Plugin> plugins;

    AdmissionChain(List<Plugin> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    /**
     * @param lostNodes what pods tolerate that do not say so
     * @param chance for the names of the volumes that hold tokens
     */
    public static AdmissionChain standard(
            ClusterObjects objects,
            Authorizer authorizer,
            ApiServerConfig.LostNodes lostNodes,
            RandomGenerator chance) {
        return new AdmissionChain(List.of(
                new NamespaceLifecycle(objects),
                new RbacEscalation(authorizer),
                new LimitRanger(objects),
                new ServiceAccountPlugin(objects, chance),
                new NodeRestriction(objects),
                new TaintNodesByCondition(),
                new PodSecurity(objects),
                new Priority(objects),
                new DefaultTolerationSeconds(lostNodes),
                new RuntimeClassPlugin(objects),
                DefaultClass.storage(objects),
                DefaultClass.ingress(objects)));
    }

    @Override
    public void admit(AdmissionRequest request) {
        plugins.forEach(plugin -> plugin.change(request));
        plugins.forEach(plugin -> plugin.check(request));
    }
}
