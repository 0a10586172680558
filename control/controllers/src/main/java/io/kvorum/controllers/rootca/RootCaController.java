package io.kvorum.controllers.rootca;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.client.Scope;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import java.util.Map;
import java.util.Optional;

/** Keeps the ConfigMap {@code kube-root-ca.crt} in each living namespace. Reads namespaces; writes only that map. */
public final class RootCaController extends KeyedController {
    private static final String NAME = "kube-root-ca.crt";

    private final ControllerContext context;
    private final Map<String, String> data;
    private final Informer<Namespace> namespaces;
    private final Informer<ConfigMap> maps;

    public RootCaController(ControllerContext context, String authorityPem) {
        super("root-ca", 1);
        this.context = context;
        this.data = Map.of("ca.crt", authorityPem);
        this.namespaces = context.informers().of(Namespace.class);
        this.maps = context.informers().of(ConfigMap.class, Scope.field("metadata.name", NAME));
        follow(namespaces);
        maps.onChange((before, after) ->
                enqueue(ObjectKey.ofCluster(newest(before, after).getMetadata().getNamespace())));
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        boolean isAlive = namespaces
                .find(key)
                .filter(found -> found.getMetadata().getDeletionTimestamp() == null)
                .isPresent();
        if (!isAlive) {
            return Result.done();
        }
        Optional<ConfigMap> present = maps.find(new ObjectKey(key.name(), NAME));
        if (present.isEmpty()) {
            context.api()
                    .createIfAbsent(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(key.name())
                            .withName(NAME)
                            .endMetadata()
                            .withData(data)
                            .build());
        } else if (!data.equals(present.get().getData())) {
            context.api()
                    .update(new ConfigMapBuilder(present.get()).withData(data).build());
        }
        return Result.done();
    }
}
