package io.kvorum.controllers.serviceaccount;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Result;
import io.kvorum.client.Scope;
import io.kvorum.controllers.ControllerContext;
import io.kvorum.controllers.KeyedController;
import java.util.Optional;

/** Keeps a ServiceAccount {@code default} in each living namespace. Reads namespaces; writes only that account. */
public final class ServiceAccountController extends KeyedController {
    private static final String NAME = "default";

    private final ControllerContext context;
    private final Informer<Namespace> namespaces;
    private final Informer<ServiceAccount> accounts;

    public ServiceAccountController(ControllerContext context) {
        super("serviceaccount", 1);
        this.context = context;
        this.namespaces = context.informers().of(Namespace.class);
        this.accounts = context.informers().of(ServiceAccount.class, Scope.field("metadata.name", NAME));
        follow(namespaces);
        accounts.onChange((before, after) -> {
            if (after == null && before != null) {
                enqueue(ObjectKey.ofCluster(before.getMetadata().getNamespace()));
            }
        });
    }

    @Override
    protected Result reconcile(ObjectKey key) {
        Optional<Namespace> namespace = namespaces.find(key);
        boolean isAlive = namespace
                .filter(found -> found.getMetadata().getDeletionTimestamp() == null)
                .isPresent();
        if (isAlive && accounts.find(new ObjectKey(key.name(), NAME)).isEmpty()) {
            context.api()
                    .createIfAbsent(new ServiceAccountBuilder()
                            .withNewMetadata()
                            .withNamespace(key.name())
                            .withName(NAME)
                            .endMetadata()
                            .build());
        }
        return Result.done();
    }
}
